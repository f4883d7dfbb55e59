internal import Synchronization

/// How many connections there are, and how many there may be.
final class ConnectionPlaces: Sendable {
    /// How many there may be.
    let limit: Int
    private let taken = Atomic(0)
    private let groupCount: Int

    init(limit: Int, groupCount: Int) {
        self.limit = limit
        self.groupCount = groupCount
    }

    /// How many there are.
    var count: Int { self.taken.load(ordering: .relaxed) }
    /// Whether there is room for one more.
    var areLeft: Bool { self.count < self.limit }
    /// How many connections above four fifths of the limit there are, to each event loop.
    var scarce: Int {
        let excess = self.count - self.limit * 4 / 5
        return excess > 0 ? (excess + self.groupCount - 1) / self.groupCount : 0
    }

    func take() { self.taken.add(1, ordering: .relaxed) }
    func release() { self.taken.subtract(1, ordering: .relaxed) }
}
