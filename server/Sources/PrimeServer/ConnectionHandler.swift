internal import Logging
internal import NIOCore

/// Moves bytes between a peer, its ``ConnectionState`` and the ``ComputePool``; lives on the connection's event loop.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Sent through the pipeline when the server stops: answer what was received, then close.
    struct StopRequested {}

    private let answerer: RequestAnswerer
    private let pool: ComputePool
    private let logger: Logger
    private var state = ConnectionState()

    init(answerer: RequestAnswerer, pool: ComputePool, logger: Logger) {
        self.answerer = answerer
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

    /// Takes one step after another until it has to wait, and reads on if there is room for more.
    ///
    /// What takes no sieving is answered here and now, and all of it leaves in one write.
    private func proceed(context: ChannelHandlerContext) {
        var answers = ByteBuffer()
        while true {
            let step = self.state.next(isWritable: context.channel.isWritable)
            if case .compute(var requests) = step {
                answers.reserveCapacity(answers.writerIndex + requests.readableBytes * 2)
                self.answerer.answerResident(&requests, into: &answers)
                guard requests.readableBytes > 0 else {
                    self.state.answered()
                    continue
                }
                self.write(answers, context: context)
                self.pool.answer(requests, for: context.channel).assumeIsolated().whenComplete { result in
                    self.computed(result, context: context)
                }
            } else {
                self.write(answers, context: context)
                if case .close(let truncatedBytes) = step { self.close(truncatedBytes, context: context) }
            }
            break
        }
        if self.state.wantsBytes { context.read() }
    }

    private func write(_ answers: ByteBuffer, context: ChannelHandlerContext) {
        guard answers.readableBytes > 0 else { return }
        context.writeAndFlush(self.wrapOutboundOut(answers), promise: nil)
    }

    /// Closes once all answers are sent: closing drops what is not.
    private func close(_ truncatedBytes: Int, context: ChannelHandlerContext) {
        if truncatedBytes > 0 {
            self.logger.debug("truncated request dropped", metadata: ["bytes": "\(truncatedBytes)"])
        }
        if (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0 {
            return context.close(promise: nil)
        }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: sent)
    }

    private func computed(_ answers: Result<ByteBuffer, any Error>, context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        switch answers {
        case .success(let answers):
            self.write(answers, context: context)
            self.state.answered()
            self.proceed(context: context)
        case .failure(let error):
            self.errorCaught(context: context, error: error)
        }
    }
}
