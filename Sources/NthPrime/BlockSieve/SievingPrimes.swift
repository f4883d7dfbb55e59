/// The primes that strike in a block, and tables that tell where; read-only, and shared by all threads.
///
/// The sieve works on an interval [n, n + 2 · length) with n even, and keeps only the odd numbers n + 2i + 1.
/// The first odd multiple of a prime p lies at n + r with 0 ≤ r < 2p, where
///
///     r ≡ p − n (mod 2p),   that is   r / 2p = frac(1/2 − n / 2p).
///
/// Because n is even and p odd, r is odd: r = 2i + 1, and p first strikes at the index i = ⌊r / 2⌋. From there it strikes
/// every p-th index.
struct SievingPrimes: Sendable {
    /// The primes whose multiples a periodic pattern strikes; they are not among the sieving primes.
    static let patternPrimes = [3, 5, 7, 11, 13]
    static let patternPeriod = 3 * 5 * 7 * 11 * 13
    /// Primes in a group, which share a hit threshold: sixteen vectors of eight.
    static let groupSize = 128

    /// `pattern[i]` is 1 if 2i + 1 has a factor among the pattern primes, else 0.
    let pattern: [UInt8]
    /// 17, 19, 23, … past ``Block/sievingLimit``, up to a whole number of groups.
    let primes: [UInt32]
    /// ⌊2^64 / 2p⌋ for each sieving prime.
    let reciprocals: [UInt64]
    /// The upper halves of 2^32 · frac(Block.length / 2p), rounded: the part of a prime's period 2p that one block
    /// advances.
    ///
    /// In a group, lane l of vector v belongs to prime 16l + 15 − v.
    let stepHigh: [SIMD8<UInt16>]
    /// The lower halves.
    let stepLow: [SIMD8<UInt16>]
    /// ⌈2^32 / p⌉ for the first, least prime p of each group.
    let groupReciprocals: [UInt32]
    /// `countsBelow[m]` is the number of sieving primes below 16m.
    private let countsBelow: [UInt16]

    /// Makes the tables.
    ///
    /// - Complexity: Less than 1 ms, and 0.5 MB.
    init() {
        // The primes past the limit fill up the last group.
        var primes = PlainSieve.oddPrimes(below: Block.sievingLimit + 4096).filter { $0 > Self.patternPrimes.last ?? 0 }
        var countsBelow: [UInt16] = []
        for (number, prime) in primes.enumerated() {
            while 16 * countsBelow.count < prime { countsBelow.append(UInt16(number)) }
        }
        let needed = Int(countsBelow[Block.sievingLimit / 16 + 1])
        let groups = (needed + Self.groupSize - 1) / Self.groupSize
        primes.removeLast(primes.count - groups * Self.groupSize)

        // 2p never divides 2^64, so ⌊(2^64 − 1) / 2p⌋ = ⌊2^64 / 2p⌋. The step multiplies the error of a reciprocal,
        // below 1, by Block.length < 2^16, to less than 2^−16 units of 2^−32.
        let reciprocals = primes.map { UInt64.max / (2 * UInt64($0)) }
        let steps = reciprocals.map { UInt32(truncatingIfNeeded: (UInt64(Block.length) &* $0 &+ 1 << 31) >> 32) }
        func vectors(_ half: (UInt32) -> UInt16) -> [SIMD8<UInt16>] {
            (0..<steps.count / 8).map { vector in
                let first = vector / 16 * Self.groupSize + 15 - vector % 16
                var lanes = SIMD8<UInt16>()
                for lane in 0..<8 { lanes[lane] = half(steps[first + 16 * lane]) }
                return lanes
            }
        }
        self.stepHigh = vectors { UInt16($0 >> 16) }
        self.stepLow = vectors { UInt16(truncatingIfNeeded: $0) }
        self.groupReciprocals = stride(from: 0, to: primes.count, by: Self.groupSize).map {
            UInt32.max / primes[$0] + 1
        }

        var pattern = [UInt8](repeating: 0, count: Self.patternPeriod + Block.odds)
        for prime in Self.patternPrimes {
            for index in stride(from: prime / 2, to: pattern.count, by: prime) { pattern[index] = 1 }
        }
        self.pattern = pattern
        self.primes = primes
        self.reciprocals = reciprocals
        self.countsBelow = countsBelow
    }

    /// Returns the number of sieving primes below `bound`, which is rounded up to a multiple of 16.
    func countBelow(_ bound: Int) -> Int {
        Int(self.countsBelow[(bound + 15) / 16])
    }

    /// Returns the number of groups that hold these primes.
    func groupsBelow(_ bound: Int) -> Int {
        (self.countBelow(bound) + Self.groupSize - 1) / Self.groupSize
    }
}
