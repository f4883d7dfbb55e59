internal import NIOCore
internal import PrimeProtocol

/// The connections to one server, and the questions that wait for them; all of it lives on one event loop.
///
/// A connection takes questions from one queue as soon as it has room, so a slow connection delays only what it has taken.
/// What a connection leaves unanswered returns to the head of the queue, and another connection asks it again.
///
/// One alarm serves every time limit. When it goes off, the pool compares each limit with the clock, so an alarm that comes
/// early, late or twice does no harm.
final class ConnectionPool {
    /// How the pool asks.
    struct Options: Sendable {
        var host: String
        var port: Int
        /// Finds the addresses of a host, with the port.
        var lookUp: @Sendable (String, Int) throws -> [SocketAddress]
        var byteOrder: ByteOrder
        /// The limit for connecting, and for each answer.
        var timeout: TimeAmount
        var retries: Int
        /// Called before a retry, once for each kind of failure until the next answer.
        var onTrouble: @Sendable (PrimeClientError) -> Void
        var schedule = RetrySchedule()
        var connectionLimit: Int
        /// How many questions a connection may have in flight.
        var questionsPerConnection: Int
        /// Whether a connection closes after its first answer.
        var isSingleUse: Bool
    }

    /// The shortest time between two checks of all time limits.
    ///
    /// With 10,000 connections a check takes about 1 ms. A limit is exceeded by at most this time, or by a tenth of a limit
    /// below 100 ms.
    private static let checkInterval = TimeAmount.milliseconds(10)

    let options: Options
    let eventLoop: any EventLoop
    var book: AddressBook
    var waiting = QuestionQueue()
    /// Connections that are being opened and are not late yet.
    var opening: [ObjectIdentifier: PrimeConnection] = [:]
    /// Connections that take unusually long to open.
    ///
    /// They do not count against the limit, because another address may be faster.
    var late: [ObjectIdentifier: PrimeConnection] = [:]
    var open: [ObjectIdentifier: PrimeConnection] = [:]
    var lookUp = LookUp()
    /// No attempt begins before then, because files, ports or memory are short; `nil` after a connection has ended.
    var shortageEnd: NIODeadline?
    /// Guards ``openConnections()`` against being entered again, because a connection can open or fail at once.
    var isOpeningConnections = false
    /// Whether any answer has come so far.
    private(set) var hasAnswers = false
    /// The kinds of failure that have been told since the last answer, and shortages.
    private var told: Set<PrimeClientError.Code> = []
    /// Questions that pause before the pool asks them again.
    private var pausing: [(span: QuestionSpan, end: NIODeadline)] = []
    private var batches: [UInt64: QuestionBatch] = [:]
    private var alarm: (time: NIODeadline, task: Scheduled<Void>)?
    private var isCleaningUp = false
    private var allClosed: EventLoopPromise<Void>?

    /// Creates a pool without connections.
    ///
    /// - Parameters:
    ///   - options: How the pool asks.
    ///   - eventLoop: The event loop of the caller, and of all later calls.
    ///   - number: The number of the pool among those of its client; each begins with another address.
    init(_ options: Options, on eventLoop: any EventLoop, number: Int) {
        self.options = options
        self.eventLoop = eventLoop
        self.book = AddressBook(retries: options.retries, schedule: options.schedule, start: number)
    }

    var isClosed: Bool { self.allClosed != nil }

    // MARK: - Questions

    /// Asks the questions of a batch as soon as connections have room.
    ///
    /// - Parameters:
    ///   - ordinals: The questions, at least one.
    ///   - identifier: The name of the batch for ``cancel(_:)``.
    ///   - promise: Succeeds once each question has an answer or a failure.
    func ask(_ ordinals: [UInt32], identifier: UInt64, promise: EventLoopPromise<BatchAnswers>) {
        let batch = QuestionBatch(ordinals, promise: promise)
        guard !self.isClosed else { return batch.abandon(.closed) }
        self.batches[identifier] = batch
        promise.futureResult.assumeIsolated().whenComplete { _ in self.batches[identifier] = nil }
        self.waiting.append(QuestionSpan(batch: batch, places: ordinals.indices))
        self.proceed()
    }

    /// Gives up the open questions of a batch.
    func cancel(_ identifier: UInt64) {
        guard let batch = self.batches[identifier] else { return }
        batch.abandon(.cancelled)
        guard !self.isCleaningUp else { return }
        self.isCleaningUp = true
        // Once for all batches that are cancelled in one turn of the event loop.
        self.eventLoop.assumeIsolated().execute {
            self.isCleaningUp = false
            self.waiting.dropDone()
            for connection in Array(self.open.values) { connection.closeIfAbandoned() }
        }
    }

    /// Gives waiting questions to connections with room, and opens connections for the rest.
    func proceed() {
        // A connection for a single use gets its question when it opens.
        if !self.options.isSingleUse { for connection in self.open.values { self.fill(connection) } }
        self.openConnections()
    }

    private func fill(_ connection: PrimeConnection) {
        let spans = self.takeWaiting(connection.room)
        // All questions that waited may have been cancelled.
        guard !spans.isEmpty else { return }
        let now = NIODeadline.now()
        connection.ask(spans, at: now)
        self.setAlarm(at: now + self.options.timeout)
    }

    /// Takes up to `limit` questions off the queue.
    func takeWaiting(_ limit: Int) -> [QuestionSpan] {
        var room = limit
        var spans: [QuestionSpan] = []
        while room > 0, let span = self.waiting.take(room) {
            spans.append(span)
            room -= span.places.count
        }
        return spans
    }

    /// Fails all questions that wait for a connection.
    func failWaiting(_ error: PrimeClientError) {
        for span in self.waiting.takeAll() { span.batch.fail(span.places, error) }
    }

    // MARK: - Connections

    /// Takes note that a connection is open, and gives it questions.
    func opened(_ connection: PrimeConnection) {
        let identifier = ObjectIdentifier(connection)
        // An attempt that was given up may still succeed.
        guard self.opening.removeValue(forKey: identifier) ?? self.late.removeValue(forKey: identifier) != nil else {
            return connection.close(.closed)
        }
        self.book.connected(to: connection.address)
        let isWithinLimit = self.open.count < self.options.connectionLimit
        self.open[identifier] = connection
        if isWithinLimit { self.fill(connection) }
        // A connection for a single use has no question if its own was cancelled, or answered on another connection.
        guard isWithinLimit, !self.options.isSingleUse || connection.room == 0 else { return connection.close(.closed) }
        self.openConnections()
    }

    /// Takes note that answers have come.
    func answered(on connection: PrimeConnection) {
        self.hasAnswers = true
        // A shortage lasts while answers come.
        if !self.told.isEmpty { self.told.formIntersection([.shortage]) }
        self.book.answered(connection.address)
        if self.options.isSingleUse { connection.close(.closed) } else { self.fill(connection) }
    }

    /// Takes note that a connection has ended.
    ///
    /// - Parameters:
    ///   - connection: The connection; it was open.
    ///   - hasAnswered: Whether any answer came on it.
    ///   - unanswered: The questions that it leaves.
    ///   - error: Why it ended.
    func ended(
        _ connection: PrimeConnection,
        hasAnswered: Bool,
        unanswered: [QuestionSpan],
        _ error: PrimeClientError
    ) {
        self.open[ObjectIdentifier(connection)] = nil
        self.shortageEnd = nil
        if error.code == .protocolViolation {
            // Another connection would meet the same peer.
            for span in unanswered { span.batch.fail(span.places, error) }
        } else if hasAnswered {
            // The server answered before the loss, so the questions are not to blame: no failure counts, and work
            // progresses however often connections are lost.
            for span in unanswered.reversed() { self.retry(span, error) }
        } else if !unanswered.isEmpty, error.code != .cancelled {
            self.book.failed(connection.address, begun: connection.begun, at: .now())
            for span in unanswered { self.retryLater(span, error) }
        }
        self.finishClosing()
        self.proceed()
    }

    /// Tells the caller of a failure after which the pool tries again.
    func tell(_ error: PrimeClientError) {
        if !self.isClosed, self.told.insert(error.code).inserted { self.options.onTrouble(error) }
    }

    private func retry(_ span: QuestionSpan, _ error: PrimeClientError) {
        guard !self.isClosed else { return span.batch.fail(span.places, error) }
        self.waiting.putBack(span)
    }

    private func retryLater(_ span: QuestionSpan, _ error: PrimeClientError) {
        var span = span
        // A lost connection shows that a peer is there and costs no time, so it counts half of a time-out.
        span.halfFailures += error.code == .timedOut ? 2 : 1
        let failures = (span.halfFailures + 1) / 2
        guard failures <= self.options.retries, !self.isClosed else { return span.batch.fail(span.places, error) }
        self.tell(error)
        let end = NIODeadline.now() + TimeAmount(self.options.schedule.pause(after: failures))
        self.pausing.append((span, end))
        self.setAlarm(at: end)
    }

    // MARK: - Time limits

    /// Has all time limits checked at a time, or earlier.
    func setAlarm(at time: NIODeadline) {
        if self.isClosed { return }
        if let alarm = self.alarm {
            guard time < alarm.time else { return }
            alarm.task.cancel()
        }
        let task = self.eventLoop.assumeIsolated().scheduleTask(deadline: time) {
            // A cancelled task may still run.
            if self.alarm?.time == time { self.checkTimeLimits() }
        }
        self.alarm = (time, task)
    }

    private func checkTimeLimits() {
        self.alarm = nil
        let now = NIODeadline.now()
        let timeout = self.options.timeout
        self.checkAttempts(at: now)
        for connection in Array(self.open.values) where connection.waitsSince.map({ $0 + timeout <= now }) ?? false {
            connection.close(
                .timedOut(after: timeout, byteCount: connection.partialByteCount, isKnown: self.hasAnswers)
            )
        }
        for (span, end) in self.pausing.reversed() where end <= now { self.waiting.putBack(span) }
        self.pausing.removeAll { $0.end <= now }
        self.checkLookUp(at: now)
        self.proceed()

        let answers = self.open.values.lazy.compactMap(\.waitsSince).map { $0 + timeout }.min()
        let limits = [answers, self.nextAttemptLimit, self.pausing.lazy.map(\.end).min(), self.lookUp.deadline]
        if let next = limits.compactMap({ $0 }).min() {
            let interval = min(Self.checkInterval, .nanoseconds(timeout.nanoseconds / 10))
            self.setAlarm(at: max(next, now + interval))
        }
    }

    // MARK: - Closing

    /// Closes all connections, and fails all questions.
    ///
    /// - Parameter promise: Succeeds once the last connection is closed.
    func close(promise: EventLoopPromise<Void>) {
        self.allClosed = promise
        self.alarm?.task.cancel()
        self.alarm = nil
        self.pausing = []
        for batch in Array(self.batches.values) { batch.abandon(.closed) }
        self.waiting.dropDone()
        let attempts = Array(self.opening.values) + Array(self.late.values)
        self.opening = [:]
        self.late = [:]
        for connection in attempts + Array(self.open.values) { connection.close(.closed) }
        self.finishClosing()
    }

    private func finishClosing() {
        if self.open.isEmpty { self.allClosed?.succeed() }
    }
}
