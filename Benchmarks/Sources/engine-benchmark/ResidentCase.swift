import Measurement
import NthPrime

/// Resident look-ups: random M of the resident range, one per call and in batches.
struct ResidentCase {
    static let single = Report.Case("resident: prime(at: random)", target: .nanoseconds(atMost: 400))
    static let batch = Report.Case("resident: primes(at: 1024 random)", target: .nanoseconds(atMost: 150))

    private static let batchLength = 1_024
    /// The number of answers that an index without resident blocks repeats.
    private static let confirmedAnswers = 1_000

    let coldIndex: PrimeIndex
    let batches: Int
    var random = SplitMix64(seed: 4)

    mutating func turn(_ index: PrimeIndex) throws -> (single: Turn, batch: Turn) {
        let ordinals = self.random.ordinals(self.batches * Self.batchLength, upTo: index.residency.primes)
        for ordinal in ordinals.prefix(Self.confirmedAnswers) {
            let expected = self.coldIndex.prime(at: ordinal)
            try Discrepancy.unlessEqual(index.residentPrime(at: ordinal), expected, "residentPrime(at: \(ordinal))")
        }
        var sum: UInt64 = 0
        let singleTime = ContinuousClock().measure {
            for ordinal in ordinals { sum += index.prime(at: ordinal) ?? 0 }
        }
        var batchSum: UInt64 = 0
        let batchTime = ContinuousClock().measure { batchSum = self.sum(ordinals, in: index) }
        try Discrepancy.unlessEqual(batchSum, sum, "sum of \(ordinals.count) primes, in batches")
        return (
            Turn(ours: Samples(total: singleTime, operations: ordinals.count)),
            Turn(ours: Samples(total: batchTime, operations: ordinals.count))
        )
    }

    private func sum(_ ordinals: [UInt32], in index: PrimeIndex) -> UInt64 {
        var answers = [UInt64](repeating: 0, count: Self.batchLength)
        var sum: UInt64 = 0
        for batch in 0..<self.batches {
            let first = batch * Self.batchLength
            var room = answers.mutableSpan
            index.primes(at: ordinals.span.extracting(first..<first + Self.batchLength), into: &room)
            for answer in answers { sum += answer }
        }
        return sum
    }
}
