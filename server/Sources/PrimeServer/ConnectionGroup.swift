internal import NIOCore

/// The connections of one event loop; all of it runs on that loop, so it needs no lock.
final class ConnectionGroup {
    /// The time between two checks of all clocks: the resolution of every time limit.
    static let sweepInterval = TimeAmount.milliseconds(100)
    /// A sweep gives the event loop to others after this time, and for this time: closing 2,000 connections takes 50 ms.
    private static let sweepTurn = TimeAmount.microseconds(200)

    /// The time of the last sweep: exact enough for limits that only sweeps check, and cheaper than reading the clock.
    ///
    /// It does not advance while the process is stopped: then the server reads nothing, and the peers are not silent.
    private(set) var now = NIODeadline.now()
    let environment: ConnectionHandler.Environment
    let counters: LoopCounters
    private var lastSweep = NIODeadline.now()
    private let eventLoop: any EventLoop
    private let connectionLimit: ConnectionLimit
    private var handlers: [ObjectIdentifier: ConnectionHandler] = [:]
    /// The connections whose clocks every sweep checks: all that are not idle.
    private var active: [ConnectionHandler] = []
    /// The idle connections, in the order in which they became idle.
    ///
    /// A sweep checks only the first: with 16,000 of them, checking all would block the event loop for milliseconds.
    private var idle = LinkedList<ConnectionHandler>()
    /// All connections that are not closing, a list for each of ``ConnectionClocks/agePercentages``; no list without an age
    /// limit.
    ///
    /// Each list is in the order of opening, and so in the order of the maximum ages; a sweep checks the first of each.
    private var byAge: [LinkedList<ConnectionHandler>]
    private var work: [ComputePool.Piece] = []
    /// How many connections there are too many, without those that are closing.
    private var excess = 0
    private var isStopping = false
    private var whenEmpty: EventLoopPromise<Void>?

    init(
        on eventLoop: any EventLoop,
        environment: ConnectionHandler.Environment,
        connectionLimit: ConnectionLimit,
        counters: LoopCounters
    ) {
        self.eventLoop = eventLoop
        self.environment = environment
        self.connectionLimit = connectionLimit
        self.counters = counters
        let listCount = environment.timeLimits.age == nil ? 0 : ConnectionClocks.agePercentages.count
        self.byAge = Array(repeating: LinkedList(), count: listCount)
    }

    /// Starts to check the clocks of all connections, as long as the event loop runs.
    func startSweeping() {
        self.eventLoop.assumeIsolated().scheduleTask(in: Self.sweepInterval) { self.sweep() }
    }

    // MARK: - Connections

    /// Adds a new connection.
    func add(_ handler: ConnectionHandler) {
        self.handlers[ObjectIdentifier(handler)] = handler
        self.active.append(handler)
        if !self.byAge.isEmpty { handler.agePosition = self.byAge[self.ageList(of: handler)].append(handler) }
        self.counters.acceptedConnections.add()
    }

    /// Moves a connection from the idle ones to the active ones, if it is idle.
    func activate(_ handler: ConnectionHandler) {
        guard let position = handler.idlePosition else { return }
        self.idle.remove(at: position)
        handler.idlePosition = nil
        self.active.append(handler)
    }

    /// Takes a connection that begins to close out of the lists by age.
    func beginClosing(_ handler: ConnectionHandler) {
        guard let position = handler.agePosition else { return }
        self.byAge[self.ageList(of: handler)].remove(at: position)
        handler.agePosition = nil
    }

    /// Removes a closed connection.
    func remove(_ handler: ConnectionHandler, reason: CloseReason) {
        if let position = handler.idlePosition { self.idle.remove(at: position) }
        handler.idlePosition = nil
        self.beginClosing(handler)
        self.handlers[ObjectIdentifier(handler)] = nil
        self.counters.closedConnection(reason)
        if self.handlers.isEmpty { self.whenEmpty?.succeed() }
    }

    private func ageList(of handler: ConnectionHandler) -> Int {
        handler.agePercentage - ConnectionClocks.agePercentages.lowerBound
    }

    /// Sends requests to the compute pool, together with those of other connections in the same turn of the event loop.
    ///
    /// - Returns: The answers, in the order of the requests.
    func compute(_ requests: ByteBuffer, for channel: any Channel) -> EventLoopFuture<EncodedAnswers> {
        let answers = self.eventLoop.makePromise(of: EncodedAnswers.self)
        self.work.append(.init(requests: requests, channel: channel, answers: answers))
        if self.work.count == 1 {
            self.eventLoop.assumeIsolated().execute {
                self.environment.pool.answer(self.work)
                self.work.removeAll(keepingCapacity: true)
            }
        }
        return answers.futureResult
    }

    // MARK: - Stopping

    /// Makes every connection, and every later one, answer the requests that it has received, and close.
    ///
    /// A connection closes at the next sweep; one that opened after the last sweep closes at the sweep after that, so that
    /// what its peer has already sent is read first.
    func stop() {
        self.isStopping = true
    }

    /// Returns a future that is fulfilled when no connection is left; no new one may open any more.
    func emptied() -> EventLoopFuture<Void> {
        let whenEmpty = self.eventLoop.makePromise(of: Void.self)
        self.whenEmpty = whenEmpty
        if self.handlers.isEmpty { whenEmpty.succeed() }
        return whenEmpty.futureResult
    }

    /// Closes all connections at once.
    ///
    /// - Returns: Their number.
    func cutOff() -> Int {
        let all = Array(self.handlers.values)
        for handler in all { handler.cutOff(.drainTimeout) }
        return all.count
    }

    // MARK: - Sweeps

    private func sweep() {
        let now = NIODeadline.now()
        self.now = self.now + min(now - self.lastSweep, Self.sweepInterval * 2)
        self.lastSweep = now
        self.excess = self.connectionLimit.excessPerGroup
        let active = self.active
        self.active = []
        if self.isStopping {
            while let handler = self.idle.first { self.activate(handler) }
        }
        let all = self.active + active
        self.active = []
        self.check(all[...])
    }

    /// Checks clocks for one turn, gives the event loop to others, and goes on.
    private func check(_ handlers: ArraySlice<ConnectionHandler>) {
        var rest = handlers
        let end = NIODeadline.now() + Self.sweepTurn
        var isDone = false
        while !isDone, NIODeadline.now() < end {
            if let handler = rest.popFirst() {
                self.check(handler)
            } else {
                isDone = !self.endOldest() && !self.endLongestIdle()
            }
        }
        let delay = isDone ? self.lastSweep + Self.sweepInterval - .now() : Self.sweepTurn
        self.eventLoop.assumeIsolated().scheduleTask(in: delay) { [rest] in
            if isDone { self.sweep() } else { self.check(rest) }
        }
    }

    private func check(_ handler: ConnectionHandler) {
        guard handler.isOpen else { return }
        if self.isStopping, handler.isSettled { handler.end(.stopping) }
        if handler.checkClocks(at: self.now) { self.excess -= 1 }
        if handler.isIdle, !self.isStopping {
            handler.idlePosition = self.idle.append(handler)
        } else if handler.isOpen {
            self.active.append(handler)
        }
    }

    /// Ends a connection that has reached its maximum age, if there is one.
    ///
    /// - Returns: Whether there may be more of them.
    /// - Complexity: O(1), because the number of lists is fixed.
    private func endOldest() -> Bool {
        for list in self.byAge.indices {
            guard let handler = self.byAge[list].first, handler.isOld(at: self.now) else { continue }
            handler.end(.age)
            self.excess -= 1
            return true
        }
        return false
    }

    /// Ends the connection that has been idle longest, if it exceeds a time limit, or if there are too many connections.
    ///
    /// - Returns: Whether there may be more of them.
    private func endLongestIdle() -> Bool {
        guard let handler = self.idle.first else { return false }
        if !handler.checkClocks(at: self.now) {
            guard self.excess > 0, handler.mayBeDisplaced(at: self.now) else { return false }
            handler.end(.displaced)
        }
        self.excess -= 1
        return true
    }
}
