import PeerSupport

/// A comparison of a client's p99 latency without a load (the median of the rounds) and next to a load (the best round).
///
/// On a machine with other work, one quiet round may be exceptionally fast, so the best quiet round would be unfair.
struct LatencyComparison {
    /// The latency below which a ratio says nothing: with more runnable threads than cores, one request in a hundred waits
    /// for the scheduler, whatever the server does.
    static let schedulerDelay = Duration.milliseconds(1)
    /// The most rounds: one of 0.5 s is long enough for a p99, and may fall between two pieces of other work.
    static let rounds = 40

    /// The fewest rounds: after a single one, other work during the quiet part would excuse a slow server.
    private static let fewestRounds = 5

    private var quietRounds: [Duration] = []
    private var underLoad = Duration.seconds(60)

    private var alone: Duration { Latencies(self.quietRounds).median }

    /// Adds the latencies of a round.
    mutating func add(alone: Latencies, underLoad: Latencies) {
        self.quietRounds.append(alone.p99)
        self.underLoad = min(self.underLoad, underLoad.p99)
    }

    /// Returns whether the p99 next to the load is at most a multiple of the quiet one.
    ///
    /// - Parameters:
    ///   - factor: The multiple.
    ///   - floor: A p99 up to this is always accepted.
    /// - Returns: Whether it is; `false` before the fewest rounds.
    func holds(atMost factor: Int, floor: Duration = schedulerDelay) -> Bool {
        self.quietRounds.count >= Self.fewestRounds && self.underLoad <= max(self.alone * factor, floor)
    }

    /// Both latencies in microseconds; needs at least one round.
    var description: String {
        "p99 \(self.alone / .microseconds(1)) µs alone, \(self.underLoad / .microseconds(1)) µs next to the load"
    }
}
