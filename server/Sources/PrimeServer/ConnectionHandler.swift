internal import Logging
internal import NIOCore

/// Moves bytes between a peer, its ``ConnectionState`` and the ``ComputePool``; lives on the connection's event loop.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Sent through the pipeline when the server stops: answer what was received, then close.
    struct StopRequested {}

    private let pool: ComputePool
    private let logger: Logger
    private var state = ConnectionState()

    init(pool: ComputePool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        self.state.received(&bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.proceed(context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.proceed(context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed, is StopRequested:
            self.state.inputEnded()
            self.proceed(context: context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Most often the peer has reset the connection. One connection's error ends that connection alone.
        self.logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    /// Takes the next step, and reads on if there is room for more.
    private func proceed(context: ChannelHandlerContext) {
        switch self.state.next(isWritable: context.channel.isWritable) {
        case .compute(let requests):
            self.pool.answer(requests, for: context.channel).assumeIsolated().whenComplete { result in
                self.computed(result, context: context)
            }
        case .close(let truncatedBytes):
            if truncatedBytes > 0 {
                self.logger.debug("truncated request dropped", metadata: ["bytes": "\(truncatedBytes)"])
            }
            // Closing drops what is not yet sent, so it waits for an empty write behind all answers.
            let sent = context.eventLoop.makePromise(of: Void.self)
            sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: sent)
        case .wait:
            break
        }
        if self.state.wantsBytes { context.read() }
    }

    private func computed(_ answers: Result<ByteBuffer, any Error>, context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        switch answers {
        case .success(let answers):
            context.writeAndFlush(self.wrapOutboundOut(answers), promise: nil)
            self.state.answered()
            self.proceed(context: context)
        case .failure(let error):
            self.errorCaught(context: context, error: error)
        }
    }
}
