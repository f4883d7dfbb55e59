/// The geometry of the number line: blocks of equal length, sieved one at a time.
enum Block {
    #if BLOCK15360
    static let length = 15_360
    #elseif BLOCK61440
    static let length = 61_440
    #else
    static let length = 30_720
    #endif

    /// Odd numbers in a block. A multiple of 128, the grain of the interval lengths.
    static let odds = length / 2

    /// Blocks up to that of 104 484 802 043, prime number 2³² − 1; so block starts are below 2³⁷.
    static let count = 104_484_802_043 / length + 1
}

/// The primes that strike in a block, and what is needed to find where they strike: read-only tables, shared by
/// all threads.
///
/// What is sieved is an interval [n, n + 2 · length) with n even, of which only the odd numbers n + 2i + 1 are
/// kept. The first odd multiple of a prime p lies at n + r with 0 ≤ r < 2p, where
///
///     r ≡ p − n (mod 2p),   that is   r / 2p = frac(1/2 − n / 2p).
///
/// As n is even and p odd, r is odd: r = 2i + 1, and i = ⌊r / 2⌋ is the index where p strikes first. From there it
/// strikes every p-th index.
struct SievingPrimes: Sendable {
    /// The multiples of these come from a periodic pattern; they are not among the sieving primes.
    static let patternPrimes = [3, 5, 7, 11, 13]
    static let patternPeriod = 3 * 5 * 7 * 11 * 13

    /// Primes come in groups that share a hit threshold: sixteen vectors of eight.
    static let groupSize = 128

    /// Primes from here on are not needed: √(104 484 802 043 + 61 440) < 323 242.
    static let limit = 323_242

    /// `pattern[i]` is 1 if 2i + 1 has a factor among the pattern primes, else 0.
    let pattern: [UInt8]

    /// 17, 19, 23, … past `limit`, up to a whole number of groups.
    let primes: [UInt32]

    /// ⌊2⁶⁴ / 2p⌋ for each sieving prime.
    let reciprocals: [UInt64]

    /// For each sieving prime 2³² · frac(Block.length / 2p), rounded: the part of its period 2p that one block
    /// advances. The upper and the lower halves are apart. In a group, lane l of vector v is of prime 16l + 15 − v.
    let stepHigh: [SIMD8<UInt16>]
    let stepLow: [SIMD8<UInt16>]

    /// ⌈2³² / p⌉ for the first, least prime p of each group.
    let groupReciprocals: [UInt32]

    /// `countsBelow[m]` is the number of sieving primes below 16m.
    let countsBelow: [UInt16]

    init() {
        // A plain sieve of Eratosthenes over the odd numbers. A little more than needed, to fill the last group.
        let size = (Self.limit + 4_096) / 2
        var isComposite = [Bool](repeating: false, count: size)
        for i in 1..<size where !isComposite[i] {
            let square = 2 * i * (i + 1)
            if square >= size { break }
            for multiple in stride(from: square, to: size, by: 2 * i + 1) { isComposite[multiple] = true }
        }

        var primes: [UInt32] = []
        var countsBelow: [UInt16] = []
        primes.reserveCapacity(28_672)
        countsBelow.reserveCapacity(size / 8 + 1)
        for i in 0..<size {
            if i % 8 == 0 { countsBelow.append(UInt16(primes.count)) }
            if i > 6 && !isComposite[i] { primes.append(UInt32(2 * i + 1)) }
        }
        let needed = Int(countsBelow[Self.limit / 16 + 1])
        let groups = (needed + Self.groupSize - 1) / Self.groupSize
        primes.removeLast(primes.count - groups * Self.groupSize)

        // 2p never divides 2⁶⁴, so that ⌊(2⁶⁴ − 1) / 2p⌋ = ⌊2⁶⁴ / 2p⌋. The error of a reciprocal, below 1, grows
        // by Block.length < 2¹⁶ in the step, to less than 2⁻¹⁶ units of 2⁻³².
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
        stepHigh = vectors { UInt16($0 >> 16) }
        stepLow = vectors { UInt16(truncatingIfNeeded: $0) }
        groupReciprocals = stride(from: 0, to: primes.count, by: Self.groupSize).map { UInt32.max / primes[$0] + 1 }

        var pattern = [UInt8](repeating: 0, count: Self.patternPeriod + Block.odds)
        for p in Self.patternPrimes {
            for i in stride(from: p / 2, to: pattern.count, by: p) { pattern[i] = 1 }
        }
        self.pattern = pattern
        self.primes = primes
        self.reciprocals = reciprocals
        self.countsBelow = countsBelow
    }

    /// The number of sieving primes below `bound`, rounded up to a multiple of 16.
    @inline(__always)
    func countBelow(_ bound: Int) -> Int {
        Int(countsBelow[(bound + 15) / 16])
    }

    /// The number of groups that hold them.
    @inline(__always)
    func groupsBelow(_ bound: Int) -> Int {
        (countBelow(bound) + Self.groupSize - 1) / Self.groupSize
    }

    var byteCount: Int {
        pattern.count + primes.count * 4 + reciprocals.count * 8 + stepHigh.count * 16 + stepLow.count * 16
            + groupReciprocals.count * 4 + countsBelow.count * 2
    }
}

/// For each mask of eight bits the numbers of its set bits, in order, and their count.
struct CompactionTable: Sendable {
    let positions: [SIMD8<UInt16>]
    let counts: [UInt8]

    init() {
        positions = (0..<256).map { mask in
            var positions = SIMD8<UInt16>()
            var count = 0
            for bit in 0..<8 where mask >> bit & 1 == 1 {
                positions[count] = UInt16(bit)
                count += 1
            }
            return positions
        }
        counts = (0..<256).map { UInt8($0.nonzeroBitCount) }
    }
}
