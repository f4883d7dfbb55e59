internal import Synchronization

/// The number of open connections, and its limit.
final class ConnectionLimit: Sendable {
    /// The maximum number of open connections.
    let maxConnections: Int
    private let openConnections = Atomic(0)
    private let isLifted = Atomic(false)
    private let isAwaited = Atomic(false)
    /// What to call when a connection closes: one for each listener that waits.
    private let waiting = Mutex<[@Sendable () -> Void]>([])
    private let groupCount: Int

    init(_ maxConnections: Int, groupCount: Int) {
        self.maxConnections = maxConnections
        self.groupCount = groupCount
    }

    /// The number of open connections.
    var count: Int { self.openConnections.load(ordering: .sequentiallyConsistent) }
    /// Whether no further connection may open.
    var isReached: Bool { self.count >= self.maxConnections && !self.isLifted.load(ordering: .relaxed) }
    /// The number of connections above four fifths of the limit, divided by the number of event loops.
    var excessPerGroup: Int {
        let excess = self.count - self.maxConnections * 4 / 5
        return excess > 0 ? (excess + self.groupCount - 1) / self.groupCount : 0
    }

    /// Removes the limit; for a server that stops, because then every connection closes soon.
    func lift() { self.isLifted.store(true, ordering: .relaxed) }

    /// Counts a new connection.
    func connectionOpened() { self.openConnections.add(1, ordering: .sequentiallyConsistent) }

    /// Counts the end of a connection, and calls all that wait for one.
    func connectionClosed() {
        self.openConnections.subtract(1, ordering: .sequentiallyConsistent)
        guard self.isAwaited.exchange(false, ordering: .sequentiallyConsistent) else { return }
        let waiting = self.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for closed in waiting { closed() }
    }

    /// Has a function called, once, when a connection closes.
    ///
    /// - Returns: Whether a connection may open already.
    func awaitClose(_ closed: @escaping @Sendable () -> Void) -> Bool {
        self.waiting.withLock { $0.append(closed) }
        self.isAwaited.store(true, ordering: .sequentiallyConsistent)
        return !self.isReached
    }
}
