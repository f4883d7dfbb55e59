internal import NIOCore
internal import PrimeProtocol

/// Asks one question on an open connection, takes the answer and closes; lives on the connection's event loop.
final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: PrimeRequest
    private let byteOrder: ByteOrder
    private let timeout: TimeAmount
    private let answer: EventLoopPromise<PrimeAnswer>
    private var received = ByteBuffer()
    private var deadline: Scheduled<Void>?

    /// Makes a handler that fulfils `answer` before the connection is closed, whatever comes.
    init(request: PrimeRequest, byteOrder: ByteOrder, timeout: TimeAmount, answer: EventLoopPromise<PrimeAnswer>) {
        self.request = request
        self.byteOrder = byteOrder
        self.timeout = timeout
        self.answer = answer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else {
            return self.fail(.closedEarly, "the server closed the connection at once", context: context)
        }
        self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: self.timeout) {
            let seconds = Double(self.timeout.nanoseconds) / 1e9
            self.fail(.timedOut, "no answer within \(seconds) s", context: context)
        }
        var bytes = context.channel.allocator.buffer(capacity: PrimeRequest.byteCount)
        self.request.write(to: &bytes, byteOrder: self.byteOrder)
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        self.received.writeBuffer(&bytes)
        guard let answer = PrimeAnswer(from: &self.received, byteOrder: self.byteOrder) else { return }
        self.answer.succeed(answer)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.fail(.closedEarly, "the connection broke before the answer came", cause: error, context: context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.deadline?.cancel()
        self.fail(
            .closedEarly,
            "the server closed the connection after \(self.received.readableBytes) of \(PrimeAnswer.byteCount) bytes",
            context: context
        )
    }

    /// Fails the question, unless it has been answered, and closes.
    private func fail(
        _ code: PrimeClientError.Code,
        _ message: String,
        cause: (any Error)? = nil,
        context: ChannelHandlerContext
    ) {
        self.answer.fail(PrimeClientError(code: code, message: message, cause: cause))
        context.close(promise: nil)
    }
}
