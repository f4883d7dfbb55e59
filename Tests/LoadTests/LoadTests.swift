import PeerSupport
import Testing

/// The server at full size, one case after another: they measure, and nothing may run beside them.
@Suite(.serialized, .timeLimit(.minutes(1)))
enum LoadTests {}

/// Those that take longer than 20 s.
@Suite(.serialized, .timeLimit(.minutes(20)))
enum LongLoadTests {}

/// A modest client's latency without a load and beside it.
struct LatencyComparison {
    /// Below this a ratio says nothing: with more threads than cores that want to run, the last of a hundred requests
    /// waits for the scheduler, whatever the server does.
    static let schedulerDelay = Duration.milliseconds(1)
    /// The machine may have other work, which hits one round and not the other.
    ///
    /// It only ever adds, so the best round is the server's own. A fault of the server is there every time.
    static let rounds = 5
    static let attempts = 8

    /// Expects the p99 beside a load to be at most so many times the quiet one, each the best of several rounds in turns.
    ///
    /// - Parameters:
    ///   - factor: How many times.
    ///   - floor: A lower p99 than this is always right.
    ///   - sourceLocation: Where it is expected.
    ///   - quiet: Measures without the load.
    ///   - loaded: Measures beside it.
    /// - Throws: What `quiet` or `loaded` throws.
    static func expect(
        atMost factor: Int,
        floor: Duration = schedulerDelay,
        sourceLocation: SourceLocation = #_sourceLocation,
        quiet: () async throws -> Latencies,
        loaded: () async throws -> Latencies
    ) async throws {
        for attempt in 1...Self.attempts {
            var (alone, beside) = (try await quiet().p99, try await loaded().p99)
            for _ in 1..<Self.rounds {
                alone = min(alone, try await quiet().p99)
                beside = min(beside, try await loaded().p99)
            }
            let figures = "p99 \(alone / .microseconds(1)) µs alone, \(beside / .microseconds(1)) µs beside the load"
            print("\(Test.current?.name ?? ""): \(figures)")
            if beside <= max(alone * factor, floor) { return }
            if attempt == Self.attempts { Issue.record("\(figures)", sourceLocation: sourceLocation) }
        }
    }
}
