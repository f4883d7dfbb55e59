import Measurement
import NthPrime
import Peers

/// Look-ups of M, M + 1, … from random M on, nothing resident.
///
/// The peer, primesieve, lists the same primes; it is given the first one.
struct NeighboursCase {
    static let line = Report.Case("neighbours: prime(at: M, M+1, ...)", target: .nanoseconds(atMost: 300))

    /// The length of a run: about eight blocks of the number line.
    static let runLength = 10_000

    let index: PrimeIndex
    let primesieve: Primesieve?
    let runs: Int
    var random = SplitMix64(seed: 3)

    mutating func turn() throws -> Turn {
        var ours: [Double] = []
        var peers: [Double] = []
        for first in self.random.ordinals(self.runs, upTo: PrimeIndex.lastOrdinal - UInt32(Self.runLength)) {
            var begin = ContinuousClock.now
            let primes = (first..<first + UInt32(Self.runLength)).map { self.index.prime(at: $0) ?? 0 }
            ours.append((ContinuousClock.now - begin).nanoseconds / Double(Self.runLength))

            guard let primesieve = self.primesieve else { continue }
            begin = ContinuousClock.now
            let expected = primesieve.primes(count: Self.runLength, from: primes[0])
            peers.append((ContinuousClock.now - begin).nanoseconds / Double(Self.runLength))
            try Discrepancy.unlessEqual(primes == expected, true, "\(Self.runLength) neighbours from M = \(first) on")
        }
        return Turn(ours: Samples(ours), peer: peers.isEmpty ? nil : Samples(peers))
    }
}
