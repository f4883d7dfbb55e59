import PeerSupport

/// A modest client's p99 without a load, as it is most often, and beside the load at its best.
///
/// Where other work never ends, a quiet round may be lucky for once, which those beside the load have no hope to be.
struct LatencyComparison {
    /// Below this a ratio says nothing: with more threads than cores that want to run, the last of a hundred requests
    /// waits for the scheduler, whatever the server does.
    static let schedulerDelay = Duration.milliseconds(1)
    /// Half a second each is long enough for a p99, and short enough to fit between two pieces of other work.
    static let rounds = 40

    /// Else other work beside one quiet round would let the load do as much.
    private static let fewestRounds = 5

    private var quietRounds: [Duration] = []
    private var beside = Duration.seconds(60)

    private var alone: Duration { Latencies(self.quietRounds).median }

    /// Takes the figures of one more round.
    mutating func add(alone: Latencies, beside: Latencies) {
        self.quietRounds.append(alone.p99)
        self.beside = min(self.beside, beside.p99)
    }

    /// Whether the p99 beside the load is at most so many times the quiet one.
    ///
    /// - Parameters:
    ///   - factor: How many times.
    ///   - floor: A lower p99 than this is always right.
    /// - Returns: `false` for the first rounds, too.
    func holds(atMost factor: Int, floor: Duration = schedulerDelay) -> Bool {
        self.quietRounds.count >= Self.fewestRounds && self.beside <= max(self.alone * factor, floor)
    }

    /// Both, in microseconds; for one round at least.
    var description: String {
        "p99 \(self.alone / .microseconds(1)) µs alone, \(self.beside / .microseconds(1)) µs beside the load"
    }
}
