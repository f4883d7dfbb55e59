/// The working memory of a sieve: one for each thread, in use by one call at a time.
@safe struct SieveScratch: ~Copyable {
    /// A flag per odd number, and room for the strikes past the end; see `BlockSieve.strikeMediumPrimes`.
    static let flagCapacity = 2 * Block.odds + 2_048

    /// Room for all sieving primes, and for a vector written past the last.
    static let hitCapacity = 28_672

    let flags: UnsafeMutableRawPointer
    let hits: UnsafeMutablePointer<UInt16>

    init() {
        unsafe flags = .allocate(byteCount: Self.flagCapacity, alignment: 64)
        unsafe hits = .allocate(capacity: Self.hitCapacity)
    }

    deinit {
        unsafe flags.deallocate()
        unsafe hits.deallocate()
    }
}

/// A segmented sieve of Eratosthenes for one block of the number line, or the part of it that is needed.
///
/// It knows odd numbers only: 2 is not counted as a prime of block 0.
struct BlockSieve: Sendable {
    let table = SievingPrimes()
    let compaction = CompactionTable()

    /// What to sieve, and the rank to look for in it. The interval starts at `origin` · Block.length.
    struct Plan {
        let origin: Int
        let length: Int
        let rank: Int
    }

    /// The k-th odd prime (k from 1) of a block that has `count` odd primes in all.
    func prime(_ k: Int, of count: Int, inBlock block: Int, scratch: borrowing SieveScratch) -> Int {
        let plan = plan(k, of: count, inBlock: block)
        sieve(origin: plan.origin, length: plan.length, scratch: scratch)
        var index = select(plan.rank, length: plan.length, scratch: scratch)
        if index < 0 {
            // One time in a thousand.
            sieve(origin: plan.origin, length: Block.odds, scratch: scratch)
            index = select(plan.rank, length: Block.odds, scratch: scratch)
            precondition(index >= 0, "the block has fewer primes than was stated")
        }
        return abs(plan.origin * Block.length + 2 * index + 1)
    }

    /// Sets bit i of `bitmap` (Block.odds / 64 words) if block start + 2i + 1 is prime.
    func bitmap(ofBlock block: Int, into bitmap: inout MutableSpan<UInt64>, scratch: borrowing SieveScratch) {
        sieve(origin: block, length: Block.odds, scratch: scratch)
        compress(into: &bitmap, scratch: scratch)
    }

    /// Sieve from the end of the block that is nearer, and only as far as needed, most likely.
    ///
    /// The block [s, e) seen from its end is the interval [−e, −s), as −q has the divisors of q: one sieve works
    /// in both directions.
    ///
    /// The rank-th prime of `count` is near index odds · rank / count. If primes were independent, it would be
    /// the spread of a Brownian bridge: √(rank · (1 − rank / count)) mean gaps. Measured, it is 0.77 of that.
    @inline(__always)
    func plan(_ k: Int, of count: Int, inBlock block: Int) -> Plan {
        if block == 0 { return Plan(origin: 0, length: Block.odds, rank: k) }
        let isMirrored = 2 * k > count + 1
        let rank = isMirrored ? count - k + 1 : k
        let spread = (Double(rank) * (1 - Double(rank) / Double(count))).squareRoot()
        let reach = (Double(rank) + 2.2 * spread + 3) * Double(Block.odds) / Double(count)
        let length = min(Block.odds, (Int(reach) + 127) & ~127)
        return Plan(origin: isMirrored ? -(block + 1) : block, length: length, rank: rank)
    }

    /// Flags the composites: byte i becomes 1 if n + 2i + 1 is composite or ±1, and 0 if it is prime, up to sign,
    /// for i < length and n = origin · Block.length. The length is a multiple of 128.
    func sieve(origin: Int, length: Int, scratch: borrowing SieveScratch) {
        copyPattern(origin: origin, length: length, scratch: scratch)
        let groups = largeGroups(origin: origin, length: length)
        strikeMediumPrimes(origin: origin, length: length, groups: groups.lowerBound, scratch: scratch)
        let hitCount = listHits(origin: origin, length: length, groups: groups, scratch: scratch)
        strikeHits(hitCount, origin: origin, length: length, scratch: scratch)
        if origin == 0 { restoreSievingPrimes(groups: groups.upperBound, scratch: scratch) }
    }

    /// The groups of large primes, which strike at most once and mostly not at all; medium primes are before them.
    ///
    /// Only primes up to the root of the far end have to strike. Some larger ones that fill the last group do no
    /// harm: they strike their multiples, and are themselves far before the block, unless it is block 0.
    @inline(__always)
    func largeGroups(origin: Int, length: Int) -> Range<Int> {
        let farEnd = max(abs(origin), abs(origin + 1)) * Block.length
        let end = table.groupsBelow(Int(Double(farEnd).squareRoot()) + 1)
        return min(table.groupsBelow(length + length / 8), end)..<end
    }

    /// Starts with the multiples of 3, 5, 7, 11 and 13.
    @inline(never)
    func copyPattern(origin: Int, length: Int, scratch: borrowing SieveScratch) {
        let period = 2 * SievingPrimes.patternPeriod
        let remainder = origin * Block.length % period
        let phase = (remainder < 0 ? remainder + period : remainder) / 2
        unsafe table.pattern.withUnsafeBytes {
            unsafe scratch.flags.copyMemory(from: $0.baseAddress! + phase, byteCount: length)
        }
    }

    /// The index of the first odd multiple of p at or after n: ⌊p · frac(1/2 − n / 2p)⌋.
    ///
    /// In units of 2⁻⁶⁴ the error of the fraction is that of the reciprocal, below 1, times |n| ≤ 2³⁷. So the
    /// product, which is i + 1/2, is off by less than 2³⁷ · 2¹⁹ / 2⁶⁴ = 2⁻⁸, and rounding down yields i.
    @inline(__always)
    static func firstMultiple(of p: UInt32, reciprocal: UInt64, from n: UInt64) -> Int {
        let fraction = 1 << 63 &- n &* reciprocal
        return Int(truncatingIfNeeded: fraction.multipliedFullWidth(by: UInt64(p)).high)
    }

    /// Strikes with the first `groups` groups of primes.
    ///
    /// Down to length / 16 primes are taken together that strike equally often, give or take a strike into the
    /// padding, so that the trip count of the inner loop rarely changes: branches are predicted well.
    /// A prime with t ≥ 2 strikes is below length / (t − 1) + 17, and its strikes are below t · p
    /// < 2 · length + 17 · 16. A prime with one is below 9/8 · length + 16, or fills up a group, and its strike is
    /// below p.
    @inline(never)
    func strikeMediumPrimes(origin: Int, length: Int, groups: Int, scratch: borrowing SieveScratch) {
        let n = UInt64(bitPattern: Int64(origin * Block.length))
        let primes = table.primes.span
        let reciprocals = table.reciprocals.span
        let flags = unsafe scratch.flags

        @inline(__always)
        func strike(_ range: Range<Int>, times: Int) {
            for i in range {
                let p = unsafe primes[unchecked: i]
                var index = unsafe Self.firstMultiple(of: p, reciprocal: reciprocals[unchecked: i], from: n)
                for _ in 0..<times {
                    unsafe flags.storeBytes(of: 1, toByteOffset: index, as: UInt8.self)
                    index &+= Int(p)
                }
            }
        }

        var upper = groups * SievingPrimes.groupSize
        for times in 1...16 {
            let lower = min(upper, table.countBelow((length + times - 1) / times))
            switch times {
            // With a constant count the loop is unrolled.
            case 1: strike(lower..<upper, times: 1)
            case 2: strike(lower..<upper, times: 2)
            case 3: strike(lower..<upper, times: 3)
            case 4: strike(lower..<upper, times: 4)
            default: strike(lower..<upper, times: times)
            }
            upper = lower
        }
        for i in 0..<upper {
            let p = unsafe primes[unchecked: i]
            var index = unsafe Self.firstMultiple(of: p, reciprocal: reciprocals[unchecked: i], from: n)
            while index < length {
                unsafe flags.storeBytes(of: 1, toByteOffset: index, as: UInt8.self)
                index &+= Int(p)
            }
        }
    }

    /// Lists the primes of `groups` that may strike: all that do, and few others. Returns how many.
    ///
    /// A prime strikes if g = frac(1/2 − n / 2p) < length / p. With u = Block.length and k = −origin, that is
    /// g = frac(1/2 + k · u / 2p). Let k = 2¹⁶ · k1 + k0 and 2³² · frac(u / 2p) ≈ f = 2¹⁶ · f1 + f0, with all
    /// parts of sixteen bits (k1 is signed, which is the same modulo 2¹⁶). The top sixteen bits of k · f mod 2³² are
    ///
    ///     y = k0 · f1 + ⌊k0 · f0 / 2¹⁶⌋ + k1 · f0   (mod 2¹⁶).
    ///
    /// f is off by at most 1/2 + 2⁻¹⁶, which k multiplies, and rounding down takes away less than 1. Hence
    ///
    ///     2¹⁶ · g − e < y + 2¹⁵ < 2¹⁶ · g + e   (mod 2¹⁶)   for   e = ⌊|k| / 2¹⁷⌋ + 2,
    ///
    /// as |k| < 2²³, and if p strikes, then (y + 2¹⁵ + e) mod 2¹⁶ < 2¹⁶ · length / p + 2e. Without the 2¹⁵ on
    /// either side, it is a comparison of signed numbers.
    @inline(never)
    func listHits(origin: Int, length: Int, groups: Range<Int>, scratch: borrowing SieveScratch) -> Int {
        let k = -origin
        let k0 = SIMD8<UInt16>(repeating: UInt16(truncatingIfNeeded: k))
        let k1 = SIMD8<UInt16>(repeating: UInt16(truncatingIfNeeded: k >> 16))
        let slack = abs(k) >> 17 + 2
        let slacks = SIMD8<UInt16>(repeating: UInt16(slack))

        let stepHigh = table.stepHigh.span
        let stepLow = table.stepLow.span
        let groupReciprocals = table.groupReciprocals.span
        let positions = compaction.positions.span
        let counts = compaction.counts.span

        var next = unsafe scratch.hits
        var base = SIMD8<UInt16>(repeating: UInt16(groups.lowerBound * SievingPrimes.groupSize))
        for group in groups {
            // Large primes are above 9/8 · length: the bound is below 2¹⁶ · 8/9 + 2 + 2e < 2¹⁶.
            let bound = unsafe (length &* Int(groupReciprocals[unchecked: group])) >> 16 &+ 1 &+ 2 &* slack
            let threshold = SIMD8<Int16>(repeating: Int16(truncatingIfNeeded: bound &- 1 << 15))

            // Each lane collects the hits of sixteen primes: a hit is −1, and the last tested is in bit 0.
            var hits = SIMD8<UInt16>()
            @inline(__always)
            func test(_ i: Int) {
                let f0 = unsafe stepLow[unchecked: i]
                let f1 = unsafe stepHigh[unchecked: i]
                let y = k0 &* f1 &+ Self.multipliedHigh(k0, f0) &+ k1 &* f0
                let isHit = unsafe unsafeBitCast(y &+ slacks, to: SIMD8<Int16>.self) .< threshold
                hits = unsafe hits &+ hits &- unsafeBitCast(isHit, to: SIMD8<UInt16>.self)
            }
            var i = group &* 16
            let end = i &+ 16
            while i < end {
                test(i)
                test(i &+ 1)
                test(i &+ 2)
                test(i &+ 3)
                i &+= 4
            }

            // The bits are now in the order of the primes. For eight at a time, write eight indices, those of the
            // hits first, and step past the hits only: there is no branch to mispredict.
            let words = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
            for half in 0..<2 {
                var word = words[half]
                for _ in 0..<8 {
                    let mask = Int(word & 255)
                    unsafe UnsafeMutableRawPointer(next).storeBytes(
                        of: base &+ positions[unchecked: mask], as: SIMD8<UInt16>.self)
                    unsafe next += Int(counts[unchecked: mask])
                    base &+= 8
                    word >>= 8
                }
            }
        }
        return unsafe next - scratch.hits
    }

    /// The high halves of the products. On x86 it is one instruction (PMULHUW) for vectors of eight.
    @inline(__always)
    static func multipliedHigh(_ a: SIMD8<UInt16>, _ b: SIMD8<UInt16>) -> SIMD8<UInt16> {
        let products = SIMD8<UInt32>(truncatingIfNeeded: a) &* SIMD8<UInt32>(truncatingIfNeeded: b)
        return SIMD8<UInt16>(truncatingIfNeeded: products &>> 16)
    }

    /// Strikes once with each of the listed primes. Those that do not strike after all write past the end.
    @inline(never)
    func strikeHits(_ hitCount: Int, origin: Int, length: Int, scratch: borrowing SieveScratch) {
        let n = UInt64(bitPattern: Int64(origin * Block.length))
        let primes = table.primes.span
        let reciprocals = table.reciprocals.span
        let flags = unsafe scratch.flags
        let hits = unsafe scratch.hits
        for hit in 0..<hitCount {
            let i = unsafe Int(hits[hit])
            let index = unsafe Self.firstMultiple(
                of: primes[unchecked: i], reciprocal: reciprocals[unchecked: i], from: n)
            unsafe flags.storeBytes(of: 1, toByteOffset: min(index, length), as: UInt8.self)
        }
    }

    /// In block 0 the primes up to its root, and some more, have struck themselves; and 1 has no factor.
    func restoreSievingPrimes(groups: Int, scratch: borrowing SieveScratch) {
        let flags = unsafe scratch.flags
        for p in SievingPrimes.patternPrimes { unsafe flags.storeBytes(of: 0, toByteOffset: p / 2, as: UInt8.self) }
        for p in table.primes[..<(groups * SievingPrimes.groupSize)] where p < Block.length {
            unsafe flags.storeBytes(of: 0, toByteOffset: Int(p / 2), as: UInt8.self)
        }
        unsafe flags.storeBytes(of: 1, toByteOffset: 0, as: UInt8.self)
    }

    /// The index of the rank-th zero among the flags, or −1 if there are fewer.
    @inline(never)
    func select(_ rank: Int, length: Int, scratch: borrowing SieveScratch) -> Int {
        let flags = unsafe scratch.flags
        var rank = rank
        for start in stride(from: 0, to: length, by: 128) {
            var sums = SIMD16<UInt8>()
            for offset in stride(from: start, to: start + 128, by: 16) {
                unsafe sums &+= flags.load(fromByteOffset: offset, as: SIMD16<UInt8>.self)
            }
            let zeros = 128 - Int(sums.wrappedSum())
            if rank > zeros {
                rank -= zeros
                continue
            }
            var index = start - 1
            while rank > 0 {
                index += 1
                unsafe rank -= 1 - Int(flags.load(fromByteOffset: index, as: UInt8.self))
            }
            return index
        }
        return -1
    }

    /// Compresses the flags of a whole block to bits, which are set for primes.
    @inline(never)
    func compress(into bitmap: inout MutableSpan<UInt64>, scratch: borrowing SieveScratch) {
        for i in 0..<Block.odds / 64 {
            var composites: UInt64 = 0
            for byte in 0..<8 {
                // Eight flags, 0 or 1, in eight bytes. The factor moves bit 8j to bit 56 + j.
                let flags = unsafe scratch.flags.load(fromByteOffset: 64 * i + 8 * byte, as: UInt64.self)
                composites |= ((flags.littleEndian &* 0x0102_0408_1020_4080) >> 56) << UInt64(8 * byte)
            }
            bitmap[i] = ~composites
        }
    }
}
