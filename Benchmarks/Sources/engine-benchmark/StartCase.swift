import Measurement
import NthPrime

/// Creating an index: the embedded table is checked and the sieve is set up.
struct StartCase {
    static let line = Report.Case("start: PrimeIndex()", target: .nanoseconds(atMost: 20e6))

    let starts: Int

    func turn() throws -> Turn {
        var times: [Double] = []
        for _ in 0..<self.starts {
            let begin = ContinuousClock.now
            let index = try PrimeIndex()
            times.append((ContinuousClock.now - begin).nanoseconds)
            try Discrepancy.unlessEqual(index.prime(at: 1_000_000), 15_485_863, "prime(at: 1000000)")
        }
        return Turn(ours: Samples(times))
    }
}
