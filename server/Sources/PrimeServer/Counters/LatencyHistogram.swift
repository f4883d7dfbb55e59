internal import BasicContainers
package import NIOCore

/// The number of requests by latency, in classes whose bounds double; one thread records, any thread may read.
package struct LatencyHistogram: ~Copyable {
    /// What had been recorded at one moment.
    package struct Snapshot: Sendable, Equatable {
        /// The number of requests in each class, without those in the classes before it.
        ///
        /// The class at the index of an upper bound includes that bound. The last class has no bound.
        package var counts = [Int](repeating: 0, count: LatencyHistogram.upperBounds.count + 1)
        /// The sum of all latencies.
        package var total = TimeAmount.zero

        /// Makes a snapshot of nothing.
        package init() {}

        /// Adds what another histogram has recorded.
        package static func += (sum: inout Snapshot, other: Snapshot) {
            for index in sum.counts.indices { sum.counts[index] += other.counts[index] }
            sum.total = sum.total + other.total
        }
    }

    /// The upper bound of each class but the last: 2^10 ns (1.024 µs), 2^11 ns, …, 2^34 ns (17.2 s).
    package static let upperBounds: [TimeAmount] = exponents.map { .nanoseconds(1 << $0) }

    private static let exponents = 10...34

    private let counts = RigidArray(counterCount: upperBounds.count + 1)
    private let totalNanoseconds = Counter()

    /// Makes an empty histogram.
    package init() {}

    /// Records requests of the same latency.
    ///
    /// - Parameters:
    ///   - latency: The latency of each request.
    ///   - requestCount: The number of requests.
    package func record(_ latency: TimeAmount, requestCount: Int) {
        let nanoseconds = max(0, latency.nanoseconds)
        // 2^k ns still belongs to the class whose bound it is.
        let exponent = Int64.bitWidth - max(0, nanoseconds - 1).leadingZeroBitCount
        let index = exponent - Self.exponents.lowerBound
        self.counts[min(max(0, index), self.counts.count - 1)].add(requestCount)
        self.totalNanoseconds.add(Int(nanoseconds) &* requestCount)
    }

    /// What has been recorded up to now.
    package var snapshot: Snapshot {
        var snapshot = Snapshot()
        for index in snapshot.counts.indices { snapshot.counts[index] = self.counts[index].current }
        snapshot.total = .nanoseconds(Int64(self.totalNanoseconds.current))
        return snapshot
    }
}
