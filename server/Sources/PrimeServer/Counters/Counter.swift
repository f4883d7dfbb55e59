internal import BasicContainers
internal import Synchronization

/// A count that one thread increases and that any thread may read.
///
/// With one writer, adding needs no locked instruction: a relaxed load and store cost no more than a plain integer's.
struct Counter: ~Copyable {
    private let value = Atomic(0)

    /// The count at this moment.
    var current: Int { self.value.load(ordering: .relaxed) }

    /// Adds to the count; only the one writing thread may call this.
    func add(_ amount: Int = 1) {
        self.value.store(self.value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}

extension RigidArray<Counter> {
    /// Makes a fixed number of counters, all of them at 0.
    init(counterCount: Int) {
        self.init(capacity: counterCount) { counters in
            while !counters.isFull { counters.append(Counter()) }
        }
    }
}
