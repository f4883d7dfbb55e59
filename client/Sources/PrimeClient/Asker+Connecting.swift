internal import NIOCore
internal import NIOPosix
internal import SystemPackage

/// Where connections come from.
extension Asker {
    /// What is known of the name's addresses.
    struct LookUp {
        var isUnderWay = false
        /// Ends the wait for it.
        var deadline: Scheduled<Void>?
        /// How often in a row it has failed.
        var failures = 0
        /// When it has been looked up last.
        var done: NIODeadline?
        /// It is not to be looked up again before then.
        var notBefore = NIODeadline.uptimeNanoseconds(0)
    }

    /// An attempt that takes longer may have met an address that is not there at all.
    private static let usualConnectTime = TimeAmount.milliseconds(250)
    /// A name may come to stand for other addresses; so old an answer is asked for anew.
    private static let lookUpAge = TimeAmount.seconds(30)
    /// What this machine may lack for a while.
    private static let shortages: [Errno] = [
        .addressNotAvailable, .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory,
    ]
    private static let shortagePause = TimeAmount.milliseconds(50)

    /// Opens as many connections as the waiting questions need, within the limit.
    func openConnections() {
        guard !self.isClosed else { return }
        while self.waiting.count > self.openingCount * self.options.questionsPerConnection,
            self.connections.count + self.openingCount < self.options.connectionLimit
        {
            let now = NIODeadline.now()
            self.lookUpIfNeeded(at: now)
            guard self.book.count > 0 else { return }
            switch self.book.choose(at: now) {
            case .address(let address): self.connect(to: address, at: now)
            case .pause(let end): return self.openConnections(after: end)
            case .wait: return
            }
        }
    }

    private func openConnections(after time: NIODeadline) {
        // If it waits for longer already, that is at most the longest pause.
        guard !self.isWaitingForRest else { return }
        self.isWaitingForRest = true
        self.eventLoop.assumeIsolated().scheduleTask(deadline: time) {
            self.isWaitingForRest = false
            self.openConnections()
        }
    }

    // MARK: - Addresses

    private func lookUpIfNeeded(at now: NIODeadline) {
        if let done = self.lookUp.done, now - done < Self.lookUpAge { return }
        guard now >= self.lookUp.notBefore else { return }
        if self.lookUp.deadline == nil {
            // For those that wait now; who comes later gets another.
            self.lookUp.deadline = self.eventLoop.assumeIsolated().scheduleTask(in: self.options.timeout) {
                self.lookUp.deadline = nil
                if self.book.count == 0 { self.failWaiting(.hostTimedOut(self.options.host)) }
            }
        }
        guard !self.lookUp.isUnderWay else { return }
        self.lookUp.isUnderWay = true
        let (eventLoop, asker) = (self.eventLoop, NIOLoopBound(self, eventLoop: self.eventLoop))
        AddressResolver.addresses(of: self.options.host, port: self.options.port, by: self.options.lookUp) { result in
            eventLoop.execute { asker.value.lookedUp(result) }
        }
    }

    private func lookedUp(_ result: Result<[SocketAddress], any Error>) {
        self.lookUp.isUnderWay = false
        self.lookUp.deadline?.cancel()
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
            let isTemporary = (error as? AddressResolver.Failure)?.isTemporary ?? false
            guard isTemporary, self.lookUp.failures <= self.options.retries else {
                return self.failWaiting(
                    isTemporary ? .hostTimedOut(self.options.host) : .hostNotFound(self.options.host)
                )
            }
            self.lookUp.notBefore = .now() + TimeAmount(self.options.schedule.pause(after: self.lookUp.failures))
            return self.openConnections(after: self.lookUp.notBefore)
        }
        self.proceed()
    }

    // MARK: - Connecting

    private func connect(to address: SocketAddress, at now: NIODeadline) {
        self.openingCount += 1
        // Of the attempt, whether it has been taken for a late one.
        var isLate = false
        var patience: Scheduled<Void>?
        if self.book.count > 1 {
            patience = self.eventLoop.assumeIsolated().scheduleTask(in: Self.usualConnectTime) {
                isLate = true
                self.openingCount -= 1
                self.lateCount += 1
                self.book.late(address, begun: now, at: .now())
                self.openConnections()
            }
        }
        let connected: (Result<Void, any Error>) -> Void = { result in
            patience?.cancel()
            if isLate { self.lateCount -= 1 } else { self.openingCount -= 1 }
            guard case .failure(let error) = result else { return }
            self.refused(address, begun: now, error)
            self.finishClosing()
        }
        if let poller = self.poller {
            self.openSocket(to: address, poller, at: now, connected: connected)
        } else {
            self.openChannel(to: address, at: now, connected: connected)
        }
    }

    private func openSocket(
        to address: SocketAddress,
        _ poller: SocketPoller,
        at now: NIODeadline,
        connected: @escaping (Result<Void, any Error>) -> Void
    ) {
        do {
            var identifier: ObjectIdentifier?
            let connection = try SocketConnection(to: address, for: self, poller, at: now) { result in
                if let identifier { self.opening[identifier] = nil }
                connected(result)
            }
            identifier = ObjectIdentifier(connection)
            self.opening[ObjectIdentifier(connection)] = connection
            self.setDeadline(now + self.options.timeout)
        } catch {
            // Later, as with every other outcome: the caller is not done yet.
            self.eventLoop.assumeIsolated().execute { connected(.failure(error)) }
        }
    }

    private func openChannel(
        to address: SocketAddress,
        at now: NIODeadline,
        connected: @escaping (Result<Void, any Error>) -> Void
    ) {
        let connection = NIOLoopBound(PrimeConnection(to: address, for: self, at: now), eventLoop: self.eventLoop)
        let identifier = ObjectIdentifier(connection.value)
        self.opening[identifier] = connection.value
        ClientBootstrap(group: self.eventLoop)
            .connectTimeout(self.options.timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(connection.value)
                }
            }
            .connect(to: address)
            .map { _ in }
            .assumeIsolated().whenComplete { result in
                self.opening[identifier] = nil
                connected(result)
            }
    }

    private func refused(_ address: SocketAddress, begun: NIODeadline, _ error: any Error) {
        if self.hasAnswers, let error = error as? IOError, Self.shortages.contains(Errno(rawValue: error.errnoCode)) {
            // Not the server's fault: a port is taken for a minute after its connection, and files are closed again.
            self.book.abandoned(address)
            return self.openConnections(after: .now() + Self.shortagePause)
        }
        self.book.refused(address, begun: begun, at: .now())
        if self.book.isHopeless {
            self.book.givenUp()
            self.failWaiting(
                PrimeClientError(connectingTo: self.options.host, port: self.options.port, cause: error)
            )
        }
        self.openConnections()
    }
}
