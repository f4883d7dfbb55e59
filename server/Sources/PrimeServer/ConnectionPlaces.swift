internal import Synchronization

/// How many connections there are, and how many there may be.
final class ConnectionPlaces: Sendable {
    /// How many there may be.
    let limit: Int
    private let taken = Atomic(0)
    private let isAwaited = Atomic(false)
    private let isLimited = Atomic(true)
    private let groupCount: Int

    init(limit: Int, groupCount: Int) {
        self.limit = limit
        self.groupCount = groupCount
    }

    /// How many there are.
    var count: Int { self.taken.load(ordering: .sequentiallyConsistent) }
    /// Whether there is room for one more.
    var areLeft: Bool { self.count < self.limit || !self.isLimited.load(ordering: .relaxed) }
    /// How many connections above four fifths of the limit there are, to each event loop.
    var scarce: Int {
        let excess = self.count - self.limit * 4 / 5
        return excess > 0 ? (excess + self.groupCount - 1) / self.groupCount : 0
    }

    /// Makes room for all who wait: the server stops, so none of them stays.
    func liftLimit() { self.isLimited.store(false, ordering: .relaxed) }

    /// A connection has come.
    func take() { self.taken.add(1, ordering: .sequentiallyConsistent) }

    /// A connection has gone.
    ///
    /// - Returns: Whether ``awaitRelease()`` was called since the last time that this said so.
    func release() -> Bool {
        self.taken.subtract(1, ordering: .sequentiallyConsistent)
        return self.isAwaited.exchange(false, ordering: .sequentiallyConsistent)
    }

    /// Asks to be told by ``release()`` of the next place that falls free.
    ///
    /// - Returns: Whether one has fallen free meanwhile.
    func awaitRelease() -> Bool {
        self.isAwaited.store(true, ordering: .sequentiallyConsistent)
        return self.areLeft
    }
}
