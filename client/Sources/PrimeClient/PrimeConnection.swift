internal import NIOCore
internal import PrimeProtocol

/// A connection to the server: moves bytes between its channel and ``QuestionsInFlight``.
///
/// It lives on the event loop of its ``ConnectionPool``.
final class PrimeConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The receive buffers of a connection for a single use: one answer, and room to notice that more comes.
    static let singleUseAllocator = FixedSizeRecvByteBufferAllocator(capacity: 2 * PrimeAnswer.byteCount)

    let address: SocketAddress
    /// When the attempt to connect began.
    let begun: NIODeadline
    private let pool: ConnectionPool
    private var context: ChannelHandlerContext?
    private var isOpen = false
    private var questions = QuestionsInFlight()
    /// Why the client closes the connection, if it does.
    private var closeError: PrimeClientError?

    init(to address: SocketAddress, for pool: ConnectionPool, at now: NIODeadline) {
        self.address = address
        self.begun = now
        self.pool = pool
    }

    // MARK: - Asking

    /// The number of questions that the connection can take now.
    ///
    /// It takes none while more than half of its questions are in flight, so that many small messages become few large ones.
    var room: Int {
        let limit = self.pool.options.questionsPerConnection
        guard self.isOpen, self.closeError == nil, self.questions.count <= limit / 2 else { return 0 }
        return limit - self.questions.count
    }

    /// Since when the connection waits for its next answer; `nil` if it waits for none.
    var waitsSince: NIODeadline? { self.questions.count == 0 ? nil : self.questions.waitsSince }

    /// The number of bytes received of an answer that is not whole yet.
    var partialByteCount: Int { self.questions.partialByteCount }

    /// Asks questions, no more than there is room for.
    func ask(_ spans: [QuestionSpan], at now: NIODeadline) {
        guard let context = self.context else { preconditionFailure("a connection that is not open cannot ask") }
        let byteCount = spans.reduce(0) { $0 + $1.places.count } * PrimeRequest.byteCount
        var bytes = context.channel.allocator.buffer(capacity: byteCount)
        for span in spans { self.questions.ask(span, at: now, into: &bytes, byteOrder: self.pool.options.byteOrder) }
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
    }

    // MARK: - Closing

    /// Closes the connection; unanswered questions return to the pool if it was open.
    func close(_ error: PrimeClientError) {
        guard self.closeError == nil else { return }
        self.closeError = error
        self.context?.close(promise: nil)
    }

    /// Closes the connection if all of its questions have been given up.
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
        self.pool.opened(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        do throws(PrimeClientError) {
            try self.questions.receive(&bytes, at: .now(), byteOrder: self.pool.options.byteOrder)
        } catch {
            self.close(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.closeError == nil, self.questions.hasAnswered { self.pool.answered(on: self) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.close(.broken(afterBytes: self.partialByteCount, isKnown: self.pool.hasAnswers, error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.isOpen = false
        let error = self.closeError ?? .closedEarly(afterBytes: self.partialByteCount, isKnown: self.pool.hasAnswers)
        self.pool.ended(self, hasAnswered: self.questions.hasAnswered, unanswered: self.questions.takeAll(), error)
    }
}
