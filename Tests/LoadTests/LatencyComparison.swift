import PeerSupport

/// A modest client's p99 without a load and beside it, each the best of all rounds.
struct LatencyComparison {
    /// Below this a ratio says nothing: with more threads than cores that want to run, the last of a hundred requests
    /// waits for the scheduler, whatever the server does.
    static let schedulerDelay = Duration.milliseconds(1)
    /// Half a second each is long enough for a p99, and short enough to fit between two pieces of other work.
    static let rounds = 40

    private var alone: Duration?
    private var beside: Duration?

    /// Takes the figures of one more round.
    mutating func add(alone: Latencies, beside: Latencies) {
        self.alone = min(alone.p99, self.alone ?? alone.p99)
        self.beside = min(beside.p99, self.beside ?? beside.p99)
    }

    /// Whether the p99 beside the load is at most so many times the quiet one.
    ///
    /// - Parameters:
    ///   - factor: How many times.
    ///   - floor: A lower p99 than this is always right.
    /// - Returns: `false` before the first round, too.
    func holds(atMost factor: Int, floor: Duration = schedulerDelay) -> Bool {
        guard let alone, let beside else { return false }
        return beside <= max(alone * factor, floor)
    }

    /// Both, in microseconds.
    var description: String {
        let times = [self.alone, self.beside].map { ($0 ?? .zero) / .microseconds(1) }
        return "p99 \(times[0]) µs alone, \(times[1]) µs beside the load"
    }
}
