internal import BasicContainers
package import NIOCore

/// The counters of ``ServerStatistics/Latency``: one thread records, any thread may read.
package struct LatencyHistogram: ~Copyable {
    private let counts = RigidArray(counterCount: ServerStatistics.Latency.upperBounds.count + 1)
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
        let index = exponent - ServerStatistics.Latency.exponents.lowerBound
        self.counts[min(max(0, index), self.counts.count - 1)].add(requestCount)
        self.totalNanoseconds.add(Int(nanoseconds) &* requestCount)
    }

    /// What has been recorded up to now.
    package var snapshot: ServerStatistics.Latency {
        var snapshot = ServerStatistics.Latency()
        for index in snapshot.counts.indices { snapshot.counts[index] = self.counts[index].current }
        snapshot.total = .nanoseconds(self.totalNanoseconds.current)
        return snapshot
    }
}
