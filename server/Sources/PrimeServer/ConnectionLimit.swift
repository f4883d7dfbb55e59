internal import Synchronization

/// The number of open connections, and its limit.
final class ConnectionLimit: Sendable {
    /// The maximum number of open connections.
    let maxConnections: Int
    private let openConnections = Atomic(0)
    private let closeIsAwaited = Atomic(false)
    private let isLifted = Atomic(false)
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

    /// Counts the end of a connection.
    ///
    /// - Returns: Whether ``awaitClose()`` was called since this method last returned `true`.
    func connectionClosed() -> Bool {
        self.openConnections.subtract(1, ordering: .sequentiallyConsistent)
        return self.closeIsAwaited.exchange(false, ordering: .sequentiallyConsistent)
    }

    /// Makes the next ``connectionClosed()`` return `true`.
    ///
    /// - Returns: Whether a connection may open already.
    func awaitClose() -> Bool {
        self.closeIsAwaited.store(true, ordering: .sequentiallyConsistent)
        return !self.isReached
    }
}
