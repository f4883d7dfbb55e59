internal import NIOCore

/// The connections of all event loops, a ``ConnectionGroup`` for each.
struct ConnectionGroups: Sendable {
    private let groups: [ObjectIdentifier: NIOLoopBound<ConnectionGroup>]
    private let eventLoops: [any EventLoop]

    /// Makes the groups, and starts their clocks.
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

    /// The group of an event loop; to be called on that loop.
    func group(of eventLoop: any EventLoop) -> ConnectionGroup {
        guard let group = self.groups[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("\(eventLoop) is not one of the server's event loops")
        }
        return group.value
    }

    /// Lets every connection answer what it has received, and end.
    func stop() {
        for eventLoop in self.eventLoops { eventLoop.execute { self.group(of: eventLoop).stop() } }
    }

    /// Waits until no connection is left; none may come any more.
    func emptied() async {
        for eventLoop in self.eventLoops {
            try? await eventLoop.flatSubmit { self.group(of: eventLoop).emptied() }.get()
        }
    }

    /// Ends all connections as they are.
    ///
    /// - Parameter whenDone: Called on each event loop, with the number of its connections.
    func cutOff(_ whenDone: @escaping @Sendable (Int) -> Void) {
        for eventLoop in self.eventLoops { eventLoop.execute { whenDone(self.group(of: eventLoop).cutOff()) } }
    }
}
