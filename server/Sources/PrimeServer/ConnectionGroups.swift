internal import NIOCore

/// The connections of all event loops: a ``ConnectionGroup`` for each loop.
struct ConnectionGroups: Sendable {
    private let groups: [ObjectIdentifier: NIOLoopBound<ConnectionGroup>]
    private let eventLoops: [any EventLoop]

    /// Makes the groups and starts their sweeps.
    init(
        on eventLoops: any EventLoopGroup,
        environment: ConnectionHandler.Environment,
        connectionLimit: ConnectionLimit,
        counters: ServerCounters
    ) async throws {
        var groups: [ObjectIdentifier: NIOLoopBound<ConnectionGroup>] = [:]
        for (eventLoop, loopCounters) in zip(eventLoops.makeIterator(), counters.loops) {
            groups[ObjectIdentifier(eventLoop)] = try await eventLoop.submit {
                let group = ConnectionGroup(
                    on: eventLoop,
                    environment: environment,
                    connectionLimit: connectionLimit,
                    counters: loopCounters
                )
                group.startSweeping()
                return NIOLoopBound(group, eventLoop: eventLoop)
            }.get()
        }
        self.groups = groups
        self.eventLoops = Array(eventLoops.makeIterator())
    }

    /// Returns the group of an event loop; call it on that loop.
    func group(of eventLoop: any EventLoop) -> ConnectionGroup {
        guard let group = self.groups[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("\(eventLoop) is not one of the server's event loops")
        }
        return group.value
    }

    /// Makes every connection answer the requests that it has received, and close.
    func stop() {
        for eventLoop in self.eventLoops { eventLoop.execute { self.group(of: eventLoop).stop() } }
    }

    /// Waits until no connection is left; no new one may open any more.
    func emptied() async {
        for eventLoop in self.eventLoops {
            try? await eventLoop.flatSubmit { self.group(of: eventLoop).emptied() }.get()
        }
    }

    /// Closes all connections at once.
    ///
    /// - Parameter whenDone: Called on each event loop with the number of its connections.
    func cutOff(_ whenDone: @escaping @Sendable (Int) -> Void) {
        for eventLoop in self.eventLoops { eventLoop.execute { whenDone(self.group(of: eventLoop).cutOff()) } }
    }
}
