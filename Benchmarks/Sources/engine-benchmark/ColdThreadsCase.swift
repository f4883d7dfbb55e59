import Dispatch
import Measurement
import NthPrime
import Synchronization

/// Cold look-ups on two threads at once; the peer is the same index on one thread.
struct ColdThreadsCase {
    static let line = Report.Case("cold, 2 threads (peer: 1)", target: .ratio(atLeast: 1.9))

    /// The number of look-ups that a thread takes at a time: half a millisecond of work.
    ///
    /// With fixed halves the result would be the time of the slower thread: on a shared machine, the one whose core has
    /// other work.
    private static let portion = 64

    let index: PrimeIndex
    let lookUps: Int
    var random = SplitMix64(seed: 2)

    mutating func turn() throws -> Turn {
        let ordinals = self.random.ordinals(self.lookUps, upTo: PrimeIndex.lastOrdinal)
        let one = self.sum(ordinals, threads: 1)
        let two = self.sum(ordinals, threads: 2)
        try Discrepancy.unlessEqual(two.sum, one.sum, "sum of \(ordinals.count) primes on two threads")
        return Turn(
            ours: Samples(total: two.time, operations: ordinals.count),
            peer: Samples(total: one.time, operations: ordinals.count)
        )
    }

    private func sum(_ ordinals: [UInt32], threads: Int) -> (sum: UInt64, time: Duration) {
        let sum = Atomic<UInt64>(0)
        let taken = Atomic<Int>(0)
        let time = ContinuousClock().measure {
            DispatchQueue.concurrentPerform(iterations: threads) { _ in
                while true {
                    let first = taken.add(Self.portion, ordering: .relaxed).oldValue
                    guard first < ordinals.count else { break }
                    let portion = ordinals[first..<min(first + Self.portion, ordinals.count)]
                    sum.add(portion.reduce(0) { $0 + (self.index.prime(at: $1) ?? 0) }, ordering: .relaxed)
                }
            }
        }
        return (sum.load(ordering: .relaxed), time)
    }
}
