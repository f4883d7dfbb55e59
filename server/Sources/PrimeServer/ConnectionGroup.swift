internal import NIOCore

/// The connections of one event loop: lives on that loop, and needs no lock.
final class ConnectionGroup {
    /// How often the clocks are looked at: the grain of all time limits.
    static let sweepInterval = TimeAmount.milliseconds(100)
    /// A sweep lets others have the loop after so long, and for so long: to end 2,000 connections takes it 50 ms.
    private static let sweepTurn = TimeAmount.microseconds(200)

    /// The time of the last sweep: exact enough for limits that only sweeps look at, and cheaper than the clock.
    ///
    /// It stands still while the whole process does, for then nobody is read from, and silence is not the peers' fault.
    private(set) var now = NIODeadline.now()
    let environment: ConnectionHandler.Environment
    let counters: LoopCounters
    private var lastSweep = NIODeadline.now()
    private let eventLoop: any EventLoop
    private let connectionLimit: ConnectionLimit
    private var handlers: [ObjectIdentifier: ConnectionHandler] = [:]
    /// Those whose clocks are looked at: whatever does not rest.
    private var active: [ConnectionHandler] = []
    /// Those that ask nothing and are owed nothing: with 16,000 of them, looking at all clocks would hold up the loop for
    /// milliseconds, so only the first is looked at, who has rested longest.
    private var idle = LinkedList<ConnectionHandler>()
    /// All connections in the order of their opening, a list for each of ``ConnectionClocks/agePercentages``; none without
    /// an age limit.
    ///
    /// A list is in the order of the ends, too, so a sweep looks at the first of each, idle or not.
    private var byAge: [LinkedList<ConnectionHandler>]
    private var work: [ComputePool.Piece] = []
    /// How many connections too many there are, and not yet on their way out.
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
        let listCount = environment.limits.age == nil ? 0 : ConnectionClocks.agePercentages.count
        self.byAge = Array(repeating: LinkedList(), count: listCount)
    }

    /// Looks at the clocks of all connections from now on, for as long as the event loop runs.
    func startSweeping() {
        self.eventLoop.assumeIsolated().scheduleTask(in: Self.sweepInterval) { self.sweep() }
    }

    func add(_ handler: ConnectionHandler) {
        self.handlers[ObjectIdentifier(handler)] = handler
        self.active.append(handler)
        if !self.byAge.isEmpty { handler.agePosition = self.byAge[self.ageList(of: handler)].append(handler) }
        self.counters.acceptedConnections.add()
    }

    /// Something happens on a connection that rested.
    func activate(_ handler: ConnectionHandler) {
        guard let position = handler.idlePosition else { return }
        self.idle.remove(at: position)
        handler.idlePosition = nil
        self.active.append(handler)
    }

    /// A connection begins to close: from now on its age is no reason.
    func closes(_ handler: ConnectionHandler) {
        guard let position = handler.agePosition else { return }
        self.byAge[self.ageList(of: handler)].remove(at: position)
        handler.agePosition = nil
    }

    private func ageList(of handler: ConnectionHandler) -> Int {
        handler.agePercentage - ConnectionClocks.agePercentages.lowerBound
    }

    func remove(_ handler: ConnectionHandler, reason: CloseReason) {
        if let position = handler.idlePosition { self.idle.remove(at: position) }
        handler.idlePosition = nil
        self.closes(handler)
        self.handlers[ObjectIdentifier(handler)] = nil
        self.counters.closedConnection(reason)
        if self.handlers.isEmpty { self.whenEmpty?.succeed() }
    }

    /// Has requests computed, together with those of other connections that are read in the same turn of the loop.
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

    /// Lets every connection, and every one that still comes, answer what it has received, and end.
    ///
    /// Each ends at the next look at the clocks, or, if it is newer than the last one, at that after the next: what it
    /// has sent so far is read by then.
    func stop() {
        self.isStopping = true
    }

    /// Fulfilled when no connection is left; none may come any more.
    func emptied() -> EventLoopFuture<Void> {
        let whenEmpty = self.eventLoop.makePromise(of: Void.self)
        self.whenEmpty = whenEmpty
        if self.handlers.isEmpty { whenEmpty.succeed() }
        return whenEmpty.futureResult
    }

    /// Ends all connections as they are.
    ///
    /// - Returns: How many there were.
    func cutOff() -> Int {
        let all = Array(self.handlers.values)
        for handler in all { handler.cutOff(.drainTimeout) }
        return all.count
    }

    private func sweep() {
        let now = NIODeadline.now()
        self.now = self.now + min(now - self.lastSweep, Self.sweepInterval * 2)
        self.lastSweep = now
        self.excess = self.connectionLimit.excessPerGroup
        let active = self.active
        self.active = []
        if self.isStopping {
            // Idle connections have to end, too.
            while let handler = self.idle.first { self.activate(handler) }
        }
        let all = self.active + active
        self.active = []
        self.check(all[...])
    }

    /// Looks at clocks for a moment, then lets those who ask have the loop, and goes on.
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

    /// Ends a connection that has reached its maximum age.
    ///
    /// - Returns: Whether there may be more of them.
    /// - Complexity: O(1): the number of lists is fixed.
    private func endOldest() -> Bool {
        for list in self.byAge.indices {
            guard let handler = self.byAge[list].first, handler.isOld(at: self.now) else { continue }
            handler.end(.age)
            self.excess -= 1
            return true
        }
        return false
    }

    /// Ends the connection that has been idle longest, if its time is up, or if places run short.
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
