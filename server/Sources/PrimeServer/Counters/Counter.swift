internal import Synchronization

/// A number that one thread adds to, and that any thread may read.
///
/// With one writer, adding needs no locked instruction: it costs no more than for a plain integer.
struct Counter: ~Copyable {
    private let value = Atomic(0)

    /// The sum so far.
    var current: Int { self.value.load(ordering: .relaxed) }

    /// Adds to it; to be called by its one writer alone.
    func add(_ amount: Int = 1) {
        self.value.store(self.value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}
