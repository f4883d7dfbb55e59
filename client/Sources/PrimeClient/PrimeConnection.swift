internal import NIOCore

/// Moves bytes between a server and the ``QuestionsInFlight``; lives on the event loop of its ``Asker``.
final class PrimeConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Where it goes to.
    let address: SocketAddress
    /// When it was begun.
    let begun: NIODeadline
    private let asker: Asker
    private var context: ChannelHandlerContext?
    private var questions = QuestionsInFlight()
    /// How many more questions may be asked.
    private var allowance: Int
    /// Why it is being closed, if that is not the server's doing.
    private var closeError: PrimeClientError?

    init(to address: SocketAddress, for asker: Asker, at now: NIODeadline) {
        self.address = address
        self.begun = now
        self.asker = asker
        self.allowance = asker.options.usesConnectionsOnce ? 1 : .max
    }

    // MARK: - Asking

    /// How many questions it can be given now.
    ///
    /// None while more than half of what it may have in flight is: so many small messages become few large ones.
    var room: Int {
        let limit = self.asker.options.questionsPerConnection
        guard self.context != nil, self.closeError == nil, self.questions.count <= limit / 2 else { return 0 }
        return min(limit - self.questions.count, self.allowance)
    }

    /// When the server must have answered; `nil` if it was asked nothing.
    var deadline: NIODeadline? {
        self.questions.count == 0 ? nil : self.questions.waitsSince + self.asker.options.timeout
    }

    /// Asks questions.
    ///
    /// - Parameter spans: No more than there is room for.
    func ask(_ spans: [QuestionSpan], at now: NIODeadline) {
        guard let context = self.context else { preconditionFailure("a connection that is not open cannot ask") }
        var bytes = context.channel.allocator.buffer(capacity: 0)
        for span in spans {
            self.questions.ask(span, at: now, into: &bytes, byteOrder: self.asker.options.byteOrder)
            self.allowance -= span.places.count
        }
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
    }

    // MARK: - Ending

    /// Closes; what has no answer goes back to the ``Asker``.
    func close(_ error: PrimeClientError) {
        guard let context = self.context, self.closeError == nil else { return }
        self.closeError = error
        context.close(promise: nil)
    }

    /// Closes if nobody waits for its answers any more.
    func closeIfAbandoned() {
        if self.questions.areAbandoned { self.close(.cancelled) }
    }

    // MARK: - Events

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        self.asker.opened(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        do throws(QuestionsInFlight.TooManyAnswers) {
            try self.questions.receive(&bytes, at: .now(), byteOrder: self.asker.options.byteOrder)
        } catch {
            self.close(.protocolViolation)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.questions.hasAnswered { self.asker.answered(on: self) }
        if self.allowance == 0, self.questions.count == 0 { self.close(.closed) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.close(
            PrimeClientError(
                code: .closedEarly,
                message: "the connection broke before the answer came",
                cause: error
            )
        )
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        let error = self.closeError ?? .closedEarly(afterBytes: self.questions.partialByteCount)
        self.asker.ended(self, hasAnswered: self.questions.hasAnswered, unanswered: self.questions.takeAll(), error)
    }
}
