/// The latencies of a series of answers.
package struct Latencies: Sendable, CustomStringConvertible {
    private let sorted: [Duration]

    /// Takes at least one measured time, in any order.
    package init(_ times: [Duration]) {
        precondition(!times.isEmpty, "no time was measured")
        self.sorted = times.sorted()
    }

    /// Merges the times of several clients.
    package init(of clients: [Latencies]) {
        self.init(clients.flatMap(\.sorted))
    }

    /// Returns the time that this percentage of the answers did not exceed.
    package func percentile(_ percent: Int) -> Duration {
        self.sorted[(self.sorted.count - 1) * percent / 100]
    }

    /// The median.
    package var median: Duration { self.percentile(50) }
    /// The 99th percentile.
    package var p99: Duration { self.percentile(99) }

    /// The median, the 99th percentile and the maximum, in microseconds.
    package var description: String {
        let times = [("p50", self.median), ("p99", self.p99), ("max", self.percentile(100))]
        return times.map { "\($0.0) \($0.1 / .microseconds(1))" }.joined(separator: ", ") + " µs"
    }
}
