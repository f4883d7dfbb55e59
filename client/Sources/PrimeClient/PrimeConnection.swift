internal import NIOCore

/// A connection for many questions: moves bytes between a server and the ``QuestionsInFlight``; lives on the event loop of its ``Asker``.
final class PrimeConnection: ChannelInboundHandler, QuestionConnection {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let address: SocketAddress
    let begun: NIODeadline
    private let asker: Asker
    private var context: ChannelHandlerContext?
    private var isOpen = false
    private var questions = QuestionsInFlight()
    /// Why it is being closed, if that is not the server's doing.
    private var closeError: PrimeClientError?

    init(to address: SocketAddress, for asker: Asker, at now: NIODeadline) {
        self.address = address
        self.begun = now
        self.asker = asker
    }

    // MARK: - Asking

    /// How many questions it can be given now.
    ///
    /// None while more than half of what it may have in flight is: so many small messages become few large ones.
    var room: Int {
        let limit = self.asker.options.questionsPerConnection
        guard self.isOpen, self.closeError == nil, self.questions.count <= limit / 2 else { return 0 }
        return limit - self.questions.count
    }

    var deadline: NIODeadline? {
        self.questions.count == 0 ? nil : self.questions.waitsSince + self.asker.options.timeout
    }

    func ask(_ spans: [QuestionSpan], at now: NIODeadline) {
        guard let context = self.context else { preconditionFailure("a connection that is not open cannot ask") }
        var bytes = context.channel.allocator.buffer(capacity: 0)
        for span in spans { self.questions.ask(span, at: now, into: &bytes, byteOrder: self.asker.options.byteOrder) }
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
    }

    // MARK: - Ending

    func close(_ error: PrimeClientError) {
        guard let context = self.context, self.closeError == nil else { return }
        self.closeError = error
        context.close(promise: nil)
    }

    func closeIfAbandoned() {
        if self.questions.areAbandoned { self.close(.cancelled) }
    }

    // MARK: - Events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        self.isOpen = true
        self.asker.opened(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        do throws(PrimeClientError) {
            try self.questions.receive(&bytes, at: .now(), byteOrder: self.asker.options.byteOrder)
        } catch {
            self.close(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.questions.hasAnswered { self.asker.answered(on: self) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.close(.broken(error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.isOpen = false
        let error = self.closeError ?? .closedEarly(afterBytes: self.questions.partialByteCount)
        self.asker.ended(self, hasAnswered: self.questions.hasAnswered, unanswered: self.questions.takeAll(), error)
    }
}
