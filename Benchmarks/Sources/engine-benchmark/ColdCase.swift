import Measurement
import NthPrime
import Peers

/// Cold look-ups: random M of the whole domain, nothing resident, one thread.
struct ColdCase {
    static let line = Report.Case("cold: prime(at: random)", target: .nanoseconds(atMost: 35000))

    let index: PrimeIndex
    let primecount: Primecount?
    let effort: Effort
    var random = SplitMix64(seed: 1)

    mutating func turn() throws -> Turn {
        let ordinals = self.random.ordinals(self.effort.coldLookUps, upTo: PrimeIndex.lastOrdinal)
        let ours = self.timing(ordinals) { self.index.prime(at: $0) ?? 0 }
        guard let primecount = self.primecount else { return Turn(ours: ours.times) }
        let peer = self.timing(ordinals.prefix(self.effort.primecountLookUps)) { primecount.prime(at: $0, threads: 1) }
        try Discrepancy.unlessEqual(
            Array(ours.primes.prefix(peer.primes.count)),
            peer.primes,
            "prime(at:) of \(ordinals.prefix(peer.primes.count))"
        )
        return Turn(ours: ours.times, peer: peer.times)
    }

    /// Times each look-up separately; reading the clock takes about 50 ns, a look-up several microseconds.
    private func timing(
        _ ordinals: some Sequence<UInt32>,
        _ prime: (UInt32) -> UInt64
    ) -> (primes: [UInt64], times: Samples) {
        var primes: [UInt64] = []
        var times: [Double] = []
        for ordinal in ordinals {
            let begin = ContinuousClock.now
            primes.append(prime(ordinal))
            times.append((ContinuousClock.now - begin).nanoseconds)
        }
        return (primes, Samples(times))
    }
}
