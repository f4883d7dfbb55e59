/// Finding and striking the multiples of the sieving primes.
extension BlockSieve {
    /// Returns the index of the first odd multiple of p at or after n: ⌊p · frac(1/2 − n / 2p)⌋.
    ///
    /// In units of 2^−64 the error of the fraction is the error of the reciprocal, below 1, times |n| ≤ 2^37. So the
    /// product, which is i + 1/2, is off by less than 2^37 · 2^19 / 2^64 = 2^−8, and rounding down yields i.
    @inline(__always)
    private static func firstMultiple(of prime: UInt32, reciprocal: UInt64, from n: UInt64) -> Int {
        let fraction = 1 << 63 &- n &* reciprocal
        return Int(truncatingIfNeeded: fraction.multipliedFullWidth(by: UInt64(prime)).high)
    }

    /// Strikes with the primes of the first `groups` groups.
    ///
    /// Down to length / 16, primes that strike equally often are taken together; one strike may go into the padding. So
    /// the trip count of the inner loop rarely changes, and its branch is predicted well. A prime with t ≥ 2 strikes is
    /// below length / (t − 1) + 17, and its strikes are below t · p < 2 · length + 17 · 16. A prime with one strike is
    /// below 9/8 · length + 16, or fills up a group, and its strike is below p.
    @inline(never)
    func strikeMediumPrimes(_ stretch: Stretch, groups: Int, scratch: borrowing SieveScratch) {
        let n = UInt64(bitPattern: Int64(stretch.origin * Block.length))
        let primes = self.primes.primes.span
        let reciprocals = self.primes.reciprocals.span
        let flags = unsafe scratch.flags

        @inline(__always)
        func strike(_ range: Range<Int>, times: Int) {
            for number in range {
                let prime = unsafe primes[unchecked: number]
                let reciprocal = unsafe reciprocals[unchecked: number]
                var index = Self.firstMultiple(of: prime, reciprocal: reciprocal, from: n)
                for _ in 0..<times {
                    unsafe flags.storeBytes(of: 1, toByteOffset: index, as: UInt8.self)
                    index &+= Int(prime)
                }
            }
        }

        var upper = groups * SievingPrimes.groupSize
        for times in 1...16 {
            let lower = min(upper, self.primes.countBelow((stretch.length + times - 1) / times))
            switch times {
            // The compiler unrolls a loop with a constant count.
            case 1: strike(lower..<upper, times: 1)
            case 2: strike(lower..<upper, times: 2)
            case 3: strike(lower..<upper, times: 3)
            case 4: strike(lower..<upper, times: 4)
            default: strike(lower..<upper, times: times)
            }
            upper = lower
        }
        for number in 0..<upper {
            let prime = unsafe primes[unchecked: number]
            var index = unsafe Self.firstMultiple(of: prime, reciprocal: reciprocals[unchecked: number], from: n)
            while index < stretch.length {
                unsafe flags.storeBytes(of: 1, toByteOffset: index, as: UInt8.self)
                index &+= Int(prime)
            }
        }
    }

    /// Lists the primes of `groups` that may strike: all primes that strike, and a few others.
    ///
    /// A prime strikes if g = frac(1/2 − n / 2p) < length / p. With u = Block.length and k = −origin, that is
    /// g = frac(1/2 + k · u / 2p). Let k = 2^16 · k1 + k0 and 2^32 · frac(u / 2p) ≈ f = 2^16 · f1 + f0, with all parts of
    /// sixteen bits (k1 is signed, which is the same modulo 2^16). The top sixteen bits of k · f mod 2^32 are
    ///
    ///     y = k0 · f1 + ⌊k0 · f0 / 2^16⌋ + k1 · f0   (mod 2^16).
    ///
    /// The error of f is at most 1/2 + 2^−16, which k multiplies, and rounding down subtracts less than 1. Hence
    ///
    ///     2^16 · g − e < y + 2^15 < 2^16 · g + e   (mod 2^16)   for   e = ⌊|k| / 2^17⌋ + 2,
    ///
    /// because |k| < 2^23. If p strikes, then (y + 2^15 + e) mod 2^16 < 2^16 · length / p + 2e. Without the 2^15 on both
    /// sides, this is a comparison of signed numbers.
    ///
    /// - Returns: The length of the list; the list is in the scratch.
    @inline(never)
    func listHits(_ stretch: Stretch, groups: Range<Int>, scratch: borrowing SieveScratch) -> Int {
        let k = -stretch.origin
        let k0 = SIMD8(repeating: UInt16(truncatingIfNeeded: k))
        let k1 = SIMD8(repeating: UInt16(truncatingIfNeeded: k >> 16))
        let slack = abs(k) >> 17 + 2
        let slacks = SIMD8(repeating: UInt16(slack))

        let stepHigh = self.primes.stepHigh.span
        let stepLow = self.primes.stepLow.span
        let groupReciprocals = self.primes.groupReciprocals.span
        let positions = self.compaction.positions.span
        let counts = self.compaction.counts.span

        var next = unsafe scratch.hits
        var base = SIMD8(repeating: UInt16(groups.lowerBound * SievingPrimes.groupSize))
        for group in groups {
            // Large primes are above 9/8 · length: the bound is below 2^16 · 8/9 + 2 + 2e < 2^16.
            let reciprocal = unsafe Int(groupReciprocals[unchecked: group])
            let bound = (stretch.length &* reciprocal) >> 16 &+ 1 &+ 2 &* slack
            let threshold = SIMD8(repeating: Int16(truncatingIfNeeded: bound &- 1 << 15))

            // Each lane collects the hits of sixteen primes: a hit is −1, and the last one tested is in bit 0.
            var hits = SIMD8<UInt16>()
            @inline(__always)
            func test(_ vector: Int) {
                let f0 = unsafe stepLow[unchecked: vector]
                let f1 = unsafe stepHigh[unchecked: vector]
                let y = k0 &* f1 &+ Self.multipliedHigh(k0, f0) &+ k1 &* f0
                let isHit = unsafe unsafeBitCast(y &+ slacks, to: SIMD8<Int16>.self) .< threshold
                hits = unsafe hits &+ hits &- unsafeBitCast(isHit, to: SIMD8<UInt16>.self)
            }
            var vector = group &* 16
            let end = vector &+ 16
            while vector < end {
                test(vector)
                test(vector &+ 1)
                test(vector &+ 2)
                test(vector &+ 3)
                vector &+= 4
            }

            // Now the bits are in the order of the primes.
            let words = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
            for half in 0..<2 {
                var word = words[half]
                for _ in 0..<8 {
                    let mask = Int(word & 255)
                    let numbers = unsafe base &+ positions[unchecked: mask]
                    unsafe UnsafeMutableRawPointer(next).storeBytes(of: numbers, as: SIMD8<UInt16>.self)
                    unsafe next += Int(counts[unchecked: mask])
                    base &+= 8
                    word >>= 8
                }
            }
        }
        return unsafe next - scratch.hits
    }

    /// Returns the high halves of the products.
    ///
    /// For vectors of eight, x86-64 has one instruction (PMULHUW).
    @inline(__always)
    private static func multipliedHigh(_ left: SIMD8<UInt16>, _ right: SIMD8<UInt16>) -> SIMD8<UInt16> {
        let products = SIMD8<UInt32>(truncatingIfNeeded: left) &* SIMD8<UInt32>(truncatingIfNeeded: right)
        return SIMD8<UInt16>(truncatingIfNeeded: products &>> 16)
    }

    /// Strikes once with each of the listed primes.
    ///
    /// A listed prime that does not strike writes past the end.
    @inline(never)
    func strikeHits(_ hitCount: Int, _ stretch: Stretch, scratch: borrowing SieveScratch) {
        let n = UInt64(bitPattern: Int64(stretch.origin * Block.length))
        let primes = self.primes.primes.span
        let reciprocals = self.primes.reciprocals.span
        let flags = unsafe scratch.flags
        let hits = unsafe scratch.hits
        for hit in 0..<hitCount {
            let number = unsafe Int(hits[hit])
            let prime = unsafe primes[unchecked: number]
            let reciprocal = unsafe reciprocals[unchecked: number]
            let index = Self.firstMultiple(of: prime, reciprocal: reciprocal, from: n)
            unsafe flags.storeBytes(of: 1, toByteOffset: min(index, stretch.length), as: UInt8.self)
        }
    }
}
