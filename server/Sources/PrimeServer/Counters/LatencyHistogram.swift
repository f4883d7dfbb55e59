package import NIOCore

/// How many requests took how long, in classes that double in width; one thread records, any may read.
package struct LatencyHistogram: ~Copyable {
    /// What had been recorded at one moment.
    package struct Snapshot: Sendable, Equatable {
        /// How many took up to ``LatencyHistogram/upperBounds``, each without those of the classes before; the last
        /// number is of those that took longer.
        package var counts = [Int](repeating: 0, count: LatencyHistogram.classCount)
        /// The sum of all times.
        package var total = TimeAmount.zero

        /// Nothing recorded.
        package init() {}

        /// Adds what another has recorded.
        package static func += (sum: inout Snapshot, other: Snapshot) {
            for place in sum.counts.indices { sum.counts[place] += other.counts[place] }
            sum.total = sum.total + other.total
        }
    }

    /// The longest time of each class but the last, which has none: 2^10 ns (1.024 µs), 2^11 ns, …, 2^34 ns (17.2 s).
    package static let upperBounds: [TimeAmount] = (0..<classCount - 1).map {
        .nanoseconds(1 << (firstExponent + Int64($0)))
    }

    private static let firstExponent: Int64 = 10
    private static let classCount = 26

    private let counts: InlineArray<26, Counter> = InlineArray { _ in Counter() }
    private let totalNanoseconds = Counter()

    /// Makes one with nothing recorded.
    package init() {}

    /// Records requests that took the same time.
    ///
    /// - Parameters:
    ///   - time: How long each took.
    ///   - requestCount: How many there are.
    package func record(_ time: TimeAmount, requestCount: Int) {
        let nanoseconds = max(0, time.nanoseconds)
        // 2^k ns still belongs to the class that ends there.
        let exponent = Int64.bitWidth - max(0, nanoseconds - 1).leadingZeroBitCount
        self.counts[min(max(0, exponent - Int(Self.firstExponent)), Self.classCount - 1)].add(requestCount)
        self.totalNanoseconds.add(Int(nanoseconds) &* requestCount)
    }

    /// What has been recorded.
    package var snapshot: Snapshot {
        var snapshot = Snapshot()
        for place in snapshot.counts.indices { snapshot.counts[place] = self.counts[place].current }
        snapshot.total = .nanoseconds(Int64(self.totalNanoseconds.current))
        return snapshot
    }
}
