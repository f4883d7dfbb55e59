internal import NIOCore
internal import PrimeProtocol

/// Asks questions on connections of its own; all of it lives on one event loop.
///
/// Connections take questions from one queue as soon as they have room, so a slow one holds up only what it has taken.
/// What a connection leaves unanswered goes back to the head of the queue, and is asked again on another.
final class Asker {
    /// How it asks.
    struct Options: Sendable {
        var host: String
        var port: Int
        /// Finds the addresses of a host, with the port.
        var lookUp: @Sendable (String, Int) throws -> [SocketAddress]
        var byteOrder: ByteOrder
        /// For connecting, and for each answer.
        var timeout: TimeAmount
        var retries: Int
        var schedule = RetrySchedule()
        var connectionLimit: Int
        /// How many questions a connection may have in flight.
        var questionsPerConnection: Int
    }

    let options: Options
    let eventLoop: any EventLoop
    /// Has the connections, if each question gets one of its own; else they are channels.
    let poller: SocketPoller?
    var book: AddressBook
    var waiting = QuestionQueue()
    /// By their identity, those that are open.
    var connections: [ObjectIdentifier: any QuestionConnection] = [:]
    /// By their identity, those that are being opened.
    var opening: [ObjectIdentifier: any QuestionConnection] = [:]
    /// How many are being opened, and have been for no longer than is usual.
    var openingCount = 0
    /// How many are being opened for longer, beyond the limit of connections: another address may be quicker.
    var lateCount = 0
    var lookUp = LookUp()
    var isWaitingForRest = false
    /// Whether any answer has come so far.
    private(set) var hasAnswers = false
    private var batches: [UInt64: QuestionBatch] = [:]
    private var deadline: Scheduled<Void>?
    private var isCleaningUp = false
    private var allClosed: EventLoopPromise<Void>?

    /// Makes one that has no connection yet.
    ///
    /// - Parameters:
    ///   - options: How it asks.
    ///   - eventLoop: The loop that all calls come on.
    ///   - poller: The loop's list of sockets, if each question is to get a connection of its own.
    ///   - number: Askers that share the work begin at different addresses.
    init(_ options: Options, on eventLoop: any EventLoop, poller: SocketPoller? = nil, number: Int) {
        self.options = options
        self.eventLoop = eventLoop
        self.poller = poller
        self.book = AddressBook(retries: options.retries, schedule: options.schedule, start: number)
    }

    var isClosed: Bool { self.allClosed != nil }

    // MARK: - Questions

    /// Asks the questions of a batch, some time.
    ///
    /// - Parameters:
    ///   - ordinals: What is asked, at least one.
    ///   - identifier: Names the batch, should it be cancelled.
    ///   - promise: Fulfilled once each question has an answer or a failure.
    func ask(_ ordinals: [UInt32], identifier: UInt64, promise: EventLoopPromise<Answers>) {
        let batch = QuestionBatch(ordinals, promise: promise)
        guard !self.isClosed else { return batch.abandon(.closed) }
        self.batches[identifier] = batch
        promise.futureResult.assumeIsolated().whenComplete { _ in self.batches[identifier] = nil }
        self.waiting.append(QuestionSpan(batch: batch, places: ordinals.indices))
        self.proceed()
    }

    /// Gives up what a batch still waits for.
    func cancel(_ identifier: UInt64) {
        guard let batch = self.batches[identifier] else { return }
        batch.abandon(.cancelled)
        guard !self.isCleaningUp else { return }
        self.isCleaningUp = true
        // Once for all that are cancelled together.
        self.eventLoop.assumeIsolated().execute {
            self.isCleaningUp = false
            self.waiting.dropDone()
            for connection in Array(self.connections.values) { connection.closeIfAbandoned() }
        }
    }

    /// Gives waiting questions to those connections that have room, and opens more if that is not enough.
    func proceed() {
        // A connection that is used once has got its question when it was opened.
        for connection in self.connections.values where self.poller == nil { self.fill(connection) }
        self.openConnections()
    }

    private func fill(_ connection: any QuestionConnection) {
        var room = connection.room
        guard room > 0, !self.waiting.isEmpty else { return }
        var spans: [QuestionSpan] = []
        while room > 0, let span = self.waiting.take(room) {
            spans.append(span)
            room -= span.places.count
        }
        // All that waited may have been cancelled a moment ago.
        guard !spans.isEmpty else { return }
        connection.ask(spans, at: .now())
        self.setDeadline(.now() + self.options.timeout)
    }

    /// Gives up all that waits for a connection.
    func failWaiting(_ error: PrimeClientError) {
        for span in self.waiting.takeAll() { span.batch.fail(span.places, error) }
    }

    // MARK: - Connections

    /// A connection has come about.
    func opened(_ connection: any QuestionConnection) {
        self.book.connected(to: connection.address)
        let isWanted = !self.isClosed && self.connections.count < self.options.connectionLimit
        self.connections[ObjectIdentifier(connection)] = connection
        if isWanted { self.fill(connection) }
        if !isWanted || self.poller != nil && connection.room > 0 {
            // Whoever it was opened for has been cancelled, or served by another.
            return connection.close(.closed)
        }
        // Now that there is one, others may be opened, too.
        self.openConnections()
    }

    /// Answers have come.
    func answered(on connection: any QuestionConnection) {
        self.hasAnswers = true
        self.book.answered(connection.address)
        self.fill(connection)
    }

    /// A connection has ended.
    ///
    /// - Parameters:
    ///   - connection: Which.
    ///   - hasAnswered: Whether any answer came on it.
    ///   - unanswered: What it leaves.
    ///   - error: Why it ended.
    func ended(
        _ connection: any QuestionConnection,
        hasAnswered: Bool,
        unanswered: [QuestionSpan],
        _ error: PrimeClientError
    ) {
        self.connections[ObjectIdentifier(connection)] = nil
        if error.code == .protocolViolation {
            // It will not speak otherwise the next time.
            for span in unanswered { span.batch.fail(span.places, error) }
        } else if hasAnswered {
            // What was behind an answer is not to blame: however often connections are cut, work goes on.
            for span in unanswered.reversed() { self.retry(span, error) }
        } else if !unanswered.isEmpty, error.code != .cancelled {
            self.book.failed(connection.address, begun: connection.begun, at: .now())
            for span in unanswered { self.retryLater(span, error) }
        }
        self.finishClosing()
        self.proceed()
    }

    private func retry(_ span: QuestionSpan, _ error: PrimeClientError) {
        guard !self.isClosed else { return span.batch.fail(span.places, error) }
        self.waiting.putBack(span)
    }

    private func retryLater(_ span: QuestionSpan, _ error: PrimeClientError) {
        var span = span
        // Where a connection breaks there is somebody, so it is tried twice as often as what takes time and is silent.
        span.halfFailures += error.code == .timedOut ? 2 : 1
        guard (span.halfFailures + 1) / 2 <= self.options.retries, !self.isClosed else {
            return span.batch.fail(span.places, error)
        }
        let pause = TimeAmount(self.options.schedule.pause(after: (span.halfFailures + 1) / 2))
        self.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            self.retry(span, .closed)
            self.proceed()
        }
    }

    // MARK: - Deadlines

    /// Looks at all connections at a time, unless it will do so sooner: one timer costs less than one a connection.
    func setDeadline(_ deadline: NIODeadline) {
        guard self.deadline == nil, !self.isClosed else { return }
        self.deadline = self.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.closeOverdue(at: .now())
            // Only now, for those that took the place of the closed have later ones.
            self.deadline = nil
            if let earliest = self.allConnections.compactMap(\.deadline).min() { self.setDeadline(earliest) }
        }
    }

    private func closeOverdue(at now: NIODeadline) {
        for connection in self.allConnections {
            guard let deadline = connection.deadline, deadline <= now else { continue }
            connection.close(.timedOut(after: self.options.timeout))
        }
    }

    /// Those that are open, and those that are being opened.
    private var allConnections: [any QuestionConnection] {
        Array(self.connections.values) + Array(self.opening.values)
    }

    // MARK: - Ending

    /// Closes all connections, and gives up all questions.
    ///
    /// - Parameter promise: Fulfilled once the last connection is closed.
    func close(promise: EventLoopPromise<Void>) {
        self.allClosed = promise
        for batch in Array(self.batches.values) { batch.abandon(.closed) }
        self.waiting.dropDone()
        self.deadline?.cancel()
        self.lookUp.deadline?.cancel()
        for connection in self.allConnections { connection.close(.closed) }
        self.finishClosing()
    }

    func finishClosing() {
        guard self.connections.isEmpty, self.openingCount + self.lateCount == 0 else { return }
        self.allClosed?.succeed()
    }
}
