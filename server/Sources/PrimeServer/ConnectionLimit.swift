internal import Synchronization

/// How many connections there are, and how many there may be.
final class ConnectionLimit: Sendable {
    /// How many there may be.
    let maxConnections: Int
    private let openConnections = Atomic(0)
    private let closeIsAwaited = Atomic(false)
    private let isLifted = Atomic(false)
    private let groupCount: Int

    init(_ maxConnections: Int, groupCount: Int) {
        self.maxConnections = maxConnections
        self.groupCount = groupCount
    }

    /// How many there are.
    var count: Int { self.openConnections.load(ordering: .sequentiallyConsistent) }
    /// Whether there is no room for one more.
    var isReached: Bool { self.count >= self.maxConnections && !self.isLifted.load(ordering: .relaxed) }
    /// How many connections above four fifths of the limit there are, to each event loop.
    var excessPerGroup: Int {
        let excess = self.count - self.maxConnections * 4 / 5
        return excess > 0 ? (excess + self.groupCount - 1) / self.groupCount : 0
    }

    /// Makes room for all that wait: the server stops, so none of them stays.
    func lift() { self.isLifted.store(true, ordering: .relaxed) }

    /// A connection has come.
    func connectionOpened() { self.openConnections.add(1, ordering: .sequentiallyConsistent) }

    /// A connection has gone.
    ///
    /// - Returns: Whether ``awaitClose()`` was called since the last time that this said so.
    func connectionClosed() -> Bool {
        self.openConnections.subtract(1, ordering: .sequentiallyConsistent)
        return self.closeIsAwaited.exchange(false, ordering: .sequentiallyConsistent)
    }

    /// Asks to be told by ``connectionClosed()`` of the next connection that closes.
    ///
    /// - Returns: Whether there is room already.
    func awaitClose() -> Bool {
        self.closeIsAwaited.store(true, ordering: .sequentiallyConsistent)
        return !self.isReached
    }
}
