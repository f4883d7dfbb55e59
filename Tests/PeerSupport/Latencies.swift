/// How long answers took.
package struct Latencies: Sendable, CustomStringConvertible {
    private let sorted: [Duration]

    /// Takes measured times, one at least, in any order.
    package init(_ times: [Duration]) {
        precondition(!times.isEmpty, "no time was measured")
        self.sorted = times.sorted()
    }

    /// Takes the times of several clients together.
    package init(of clients: [Latencies]) {
        self.init(clients.flatMap(\.sorted))
    }

    /// So many of a hundred answers took no longer.
    package func percentile(_ percent: Int) -> Duration {
        self.sorted[(self.sorted.count - 1) * percent / 100]
    }

    /// Half of the answers took no longer.
    package var median: Duration { self.percentile(50) }
    /// Ninety-nine of a hundred answers took no longer.
    package var p99: Duration { self.percentile(99) }

    /// The median, p99 and the longest, in microseconds.
    package var description: String {
        let times = [("p50", self.median), ("p99", self.p99), ("max", self.percentile(100))]
        return times.map { "\($0.0) \($0.1 / .microseconds(1))" }.joined(separator: ", ") + " µs"
    }
}
