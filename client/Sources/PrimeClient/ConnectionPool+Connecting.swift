internal import NIOCore
internal import NIOPosix
internal import NameResolution
internal import SystemPackage

/// Addresses, and attempts to connect to them.
extension ConnectionPool {
    /// The state of looking up the server's name.
    struct LookUp {
        var isUnderWay = false
        /// When the questions that wait for a first address fail.
        var deadline: NIODeadline?
        /// The number of failures in a row.
        var failures = 0
        /// The time of the last look-up.
        var done: NIODeadline?
        /// The earliest time of the next look-up.
        var notBefore = NIODeadline.uptimeNanoseconds(0)
    }

    /// After this time an attempt is late, and another address is tried; RFC 8305, section 8, recommends it.
    private static let usualConnectTime = TimeAmount.milliseconds(250)
    /// A name can change its addresses, so the pool looks it up again after this time.
    private static let lookUpAge = TimeAmount.seconds(30)
    private static let shortagePause = TimeAmount.milliseconds(50)
    /// The most attempts under way that are not late.
    ///
    /// More do not connect faster: with 10,000 attempts at once the kernel spends most of the time on finding free ports.
    private static let attemptsAtOnce = 256

    /// Opens as many connections as the waiting questions need, within the limit.
    func openConnections() {
        guard !self.isClosed, !self.isOpeningConnections else { return }
        self.isOpeningConnections = true
        defer { self.isOpeningConnections = false }
        while self.waiting.count > self.opening.count * self.options.questionsPerConnection,
            self.opening.count < Self.attemptsAtOnce,
            self.open.count + self.opening.count < self.options.connectionLimit
        {
            let now = NIODeadline.now()
            if let end = self.shortageEnd, now < end { return self.setAlarm(at: end) }
            self.lookUpIfNeeded(at: now)
            guard self.book.count > 0 else { return }
            switch self.book.choose(at: now) {
            case .address(let address): self.connect(to: address, at: now)
            case .pause(let end): return self.setAlarm(at: end)
            case .wait: return
            }
        }
    }

    // MARK: - Addresses

    private func lookUpIfNeeded(at now: NIODeadline) {
        if let done = self.lookUp.done, now - done < Self.lookUpAge { return }
        guard now >= self.lookUp.notBefore else { return self.setAlarm(at: self.lookUp.notBefore) }
        if self.lookUp.deadline == nil {
            self.lookUp.deadline = now + self.options.timeout
            self.setAlarm(at: now + self.options.timeout)
        }
        guard !self.lookUp.isUnderWay else { return }
        self.lookUp.isUnderWay = true
        let (eventLoop, pool) = (self.eventLoop, NIOLoopBound(self, eventLoop: self.eventLoop))
        AddressResolver.addresses(of: self.options.host, port: self.options.port, by: self.options.lookUp) { result in
            eventLoop.execute { pool.value.lookedUp(result) }
        }
    }

    /// Fails the waiting questions if no address has been found in time.
    func checkLookUp(at now: NIODeadline) {
        guard let deadline = self.lookUp.deadline, deadline <= now else { return }
        self.lookUp.deadline = nil
        if self.book.count == 0 { self.failWaiting(.hostTimedOut(self.options.host)) }
    }

    private func lookedUp(_ result: Result<[SocketAddress], any Error>) {
        self.lookUp.isUnderWay = false
        self.lookUp.deadline = nil
        switch result {
        case .success(let addresses):
            self.lookUp.done = .now()
            self.lookUp.failures = 0
            self.book.update(addresses)
        case .failure where self.book.count > 0:
            // The addresses found before may still do.
            self.lookUp.done = .now()
        case .failure(let error):
            self.lookUp.failures += 1
            let failure = error as? AddressResolver.Failure ?? .notFound
            guard failure.isTemporary, self.lookUp.failures <= self.options.retries else {
                return self.failWaiting(PrimeClientError(lookingUp: self.options.host, failure))
            }
            self.tell(PrimeClientError(lookingUp: self.options.host, failure))
            self.lookUp.notBefore = .now() + TimeAmount(self.options.schedule.pause(after: self.lookUp.failures))
        }
        self.proceed()
    }

    // MARK: - Attempts

    private func connect(to address: SocketAddress, at now: NIODeadline) {
        let connection = PrimeConnection(to: address, for: self, at: now)
        self.opening[ObjectIdentifier(connection)] = connection
        self.setAlarm(at: now + self.attemptLimit)
        let bound = NIOLoopBound(connection, eventLoop: self.eventLoop)
        ClientBootstrap(group: self.eventLoop)
            // The pool's own limit comes first.
            .connectTimeout(self.options.timeout * 2)
            .channelInitializer { [isSingleUse = self.options.isSingleUse] channel in
                channel.eventLoop.makeCompletedFuture {
                    if isSingleUse, let options = channel.syncOptions {
                        // One answer, and room to notice that the peer sends more.
                        try options.setOption(.recvAllocator, value: PrimeConnection.singleUseAllocator)
                        try options.setOption(.maxMessagesPerRead, value: 1)
                    }
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(to: address)
            .assumeIsolated().whenFailure { self.failed(connection, $0) }
    }

    /// The time until an attempt is late or given up.
    private var attemptLimit: TimeAmount {
        // A single address leaves nothing else to try.
        self.book.count > 1 ? min(Self.usualConnectTime, self.options.timeout) : self.options.timeout
    }

    /// The earliest time at which an attempt becomes late or is given up.
    var nextAttemptLimit: NIODeadline? {
        let opening = self.opening.values.lazy.map { $0.begun + self.attemptLimit }.min()
        let late = self.late.values.lazy.map { $0.begun + self.options.timeout }.min()
        return [opening, late].compactMap { $0 }.min()
    }

    /// Gives up attempts that have reached the time-out, and lets another address be tried next to late ones.
    func checkAttempts(at now: NIODeadline) {
        for connection in Array(self.opening.values) + Array(self.late.values) {
            if connection.begun + self.options.timeout <= now {
                self.failed(connection, ChannelError.connectTimeout(self.options.timeout))
            } else if connection.begun + self.attemptLimit <= now,
                self.opening.removeValue(forKey: ObjectIdentifier(connection)) != nil
            {
                self.late[ObjectIdentifier(connection)] = connection
                self.book.late(connection.address, begun: connection.begun, at: now)
            }
        }
    }

    /// Takes note that an attempt has failed.
    private func failed(_ connection: PrimeConnection, _ error: any Error) {
        let identifier = ObjectIdentifier(connection)
        // The channel of an attempt that was given up fails, too.
        guard self.opening.removeValue(forKey: identifier) ?? self.late.removeValue(forKey: identifier) != nil else {
            return
        }
        connection.close(.closed)
        if error.systemError == .connectionReset {
            // The peer accepted the connection, and reset it before this side took note. The outcome must not depend on
            // that moment: it counts as a loss of the questions that the connection was opened for.
            self.book.connected(to: connection.address)
            let spans = self.takeWaiting(self.options.questionsPerConnection)
            let broken = PrimeClientError.broken(afterBytes: 0, isKnown: self.hasAnswers, error)
            return self.ended(connection, hasAnswered: false, unanswered: spans, broken)
        }
        // An address that has connected before is one of this machine's network, so only its ports can be short.
        let isShortage =
            error.isShortage || error.mayBeShortageOfPorts && self.book.hasConnected(to: connection.address)
        let failure = PrimeClientError(
            connectingTo: self.options.host,
            port: self.options.port,
            cause: error,
            isShortage: isShortage
        )
        if self.hasAnswers, isShortage {
            // Not the server's fault: a port is free again a minute after its connection, a file once it is closed.
            self.book.abandoned(connection.address)
            self.tell(failure)
            self.shortageEnd = .now() + Self.shortagePause
            return self.openConnections()
        }
        self.book.refused(connection.address, begun: connection.begun, at: .now())
        if self.book.isHopeless {
            self.book.givenUp()
            self.failWaiting(failure)
        } else {
            self.tell(failure)
        }
        self.openConnections()
    }
}

extension Error {
    /// Whether the machine lacks ports, or has no address of the family, as one without IPv6.
    ///
    /// The system tells both by the same error.
    var mayBeShortageOfPorts: Bool { self.systemError == .addressNotAvailable }
}
