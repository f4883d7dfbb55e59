/// A segmented sieve of Eratosthenes for one block of the number line, or the part of it that is needed.
///
/// It knows odd numbers only: 2 is no prime of block 0 here. Immutable once made, so any number of threads may use one
/// at once, each with a ``SieveScratch`` of its own.
struct BlockSieve: Sendable {
    let primes = SievingPrimes()
    let compaction = CompactionTable()

    /// A stretch of the number line that starts with a block, and how many of its odd numbers are sieved.
    ///
    /// A block [s, e) seen from its end is the stretch from −e up. As −q has the divisors of q, one sieve works in
    /// both directions.
    struct Stretch {
        /// It starts at `origin` · ``Block/length``.
        var origin: Int
        /// The number of odd numbers; a multiple of 128.
        var length: Int

        /// What is at an index of the stretch.
        func number(at index: Int) -> UInt64 { UInt64(abs(self.origin * Block.length + 2 * index + 1)) }
    }

    /// Looks up a prime of a block.
    ///
    /// - Parameters:
    ///   - rank: Its place among the block's odd primes, from 1.
    ///   - count: How many odd primes the block holds.
    ///   - block: The block's number.
    ///   - scratch: The calling thread's.
    /// - Returns: The prime.
    func prime(_ rank: Int, of count: Int, inBlock block: Int, scratch: inout SieveScratch) -> UInt64 {
        if scratch.recentBlocks.note(block) {
            let whole = Stretch(origin: block, length: Block.odds)
            let list = unsafe self.list(of: whole, scratch: &scratch)
            return unsafe whole.number(at: Int(list[rank - 1]))
        }
        // The primes of the last block are counted up to the last M only, so they cannot be counted from its end.
        let isNearEnd = block > 0 && block < Block.count - 1 && 2 * rank > count + 1
        let rank = isNearEnd ? count - rank + 1 : rank
        let length = block > 0 ? Self.reach(of: rank, of: count) : Block.odds
        var stretch = Stretch(origin: isNearEnd ? -(block + 1) : block, length: length)
        self.sieve(stretch, scratch: scratch)
        if let index = self.select(rank, stretch, scratch: scratch) { return stretch.number(at: index) }
        // One time in a thousand the prime lies further on than was likely.
        stretch.length = Block.odds
        self.sieve(stretch, scratch: scratch)
        guard let index = self.select(rank, stretch, scratch: scratch) else {
            preconditionFailure("block \(block) holds fewer than \(count) odd primes")
        }
        return stretch.number(at: index)
    }

    /// How far to sieve, most likely, to find the rank-th of `count` primes.
    ///
    /// It is near index odds · rank / count. If primes were independent, its spread would be that of a Brownian bridge:
    /// √(rank · (1 − rank / count)) mean gaps. Measured, it is 0.77 of that.
    private static func reach(of rank: Int, of count: Int) -> Int {
        let spread = (Double(rank) * (1 - Double(rank) / Double(count))).squareRoot()
        let reach = (Double(rank) + 2.2 * spread + 3) * Double(Block.odds) / Double(count)
        return min(Block.odds, (Int(reach) + 127) & ~127)
    }

    /// Flags the composites of a stretch in the scratch: byte i becomes 1 if the number at i is composite or ±1, else 0.
    private func sieve(_ stretch: Stretch, scratch: borrowing SieveScratch) {
        self.copyPattern(stretch, scratch: scratch)
        let groups = self.largeGroups(stretch)
        self.strikeMediumPrimes(stretch, groups: groups.lowerBound, scratch: scratch)
        let hitCount = self.listHits(stretch, groups: groups, scratch: scratch)
        self.strikeHits(hitCount, stretch, scratch: scratch)
        if stretch.origin == 0 { self.restoreSievingPrimes(groups: groups.upperBound, scratch: scratch) }
    }

    /// Starts with the multiples of 3, 5, 7, 11 and 13.
    @inline(never)
    private func copyPattern(_ stretch: Stretch, scratch: borrowing SieveScratch) {
        let period = 2 * SievingPrimes.patternPeriod
        let remainder = stretch.origin * Block.length % period
        let phase = (remainder < 0 ? remainder + period : remainder) / 2
        unsafe self.primes.pattern.withUnsafeBytes {
            let pattern = unsafe UnsafeRawBufferPointer(rebasing: $0[phase..<phase + stretch.length])
            unsafe UnsafeMutableRawBufferPointer(start: scratch.flags, count: stretch.length).copyMemory(from: pattern)
        }
    }

    /// The groups of large primes, which strike at most once and mostly not at all; medium primes are before them.
    ///
    /// Only primes up to the root of the far end have to strike. Some larger ones that fill the last group do no harm:
    /// they strike their multiples, and are themselves far before the block, unless it is block 0.
    private func largeGroups(_ stretch: Stretch) -> Range<Int> {
        let farEnd = max(abs(stretch.origin), abs(stretch.origin + 1)) * Block.length
        let end = self.primes.groupsBelow(Int(Double(farEnd).squareRoot()) + 1)
        return min(self.primes.groupsBelow(stretch.length + stretch.length / 8), end)..<end
    }

    /// In block 0 the primes up to its root, and some more, have struck themselves; and 1 has no factor.
    private func restoreSievingPrimes(groups: Int, scratch: borrowing SieveScratch) {
        func flag(_ number: Int, as flag: UInt8) {
            unsafe scratch.flags.storeBytes(of: flag, toByteOffset: number / 2, as: UInt8.self)
        }
        for prime in SievingPrimes.patternPrimes { flag(prime, as: 0) }
        for prime in self.primes.primes[..<(groups * SievingPrimes.groupSize)] where prime < Block.length {
            flag(Int(prime), as: 0)
        }
        flag(1, as: 1)
    }

    /// The index of the rank-th prime of a stretch that was sieved; `nil` if there are fewer.
    @inline(never)
    private func select(_ rank: Int, _ stretch: Stretch, scratch: borrowing SieveScratch) -> Int? {
        let flags = unsafe scratch.flags
        var rank = rank
        for start in stride(from: 0, to: stretch.length, by: 128) {
            var sums = SIMD16<UInt8>()
            for offset in stride(from: start, to: start + 128, by: 16) {
                unsafe sums &+= flags.load(fromByteOffset: offset, as: SIMD16<UInt8>.self)
            }
            let primes = 128 - Int(sums.wrappedSum())
            if rank > primes {
                rank -= primes
                continue
            }
            var index = start - 1
            while rank > 0 {
                index += 1
                unsafe rank -= 1 - Int(flags.load(fromByteOffset: index, as: UInt8.self))
            }
            return index
        }
        return nil
    }

    /// The indices of all primes of a whole block, sieved now if it was not before.
    private func list(of whole: Stretch, scratch: inout SieveScratch) -> UnsafePointer<UInt16> {
        if let list = unsafe scratch.recentBlocks.list(of: whole.origin) { return unsafe list }
        self.sieve(whole, scratch: scratch)
        let flags = unsafe scratch.flags
        return unsafe scratch.recentBlocks.makeList(of: whole.origin) { list in
            let positions = self.compaction.positions.span
            let counts = self.compaction.counts.span
            var next = UnsafeMutableRawPointer(list)
            for start in stride(from: 0, to: Block.odds, by: 8) {
                // Eight flags, 0 or 1, in eight bytes. The factor moves bit 8j to bit 56 + j.
                let isComposite = unsafe flags.load(fromByteOffset: start, as: UInt64.self).littleEndian
                let isPrime = Int(((~isComposite & 0x0101_0101_0101_0101) &* 0x0102_0408_1020_4080) >> 56)
                let indices = unsafe positions[unchecked: isPrime] &+ SIMD8(repeating: UInt16(start))
                unsafe next.storeBytes(of: indices, as: SIMD8<UInt16>.self)
                unsafe next += 2 * Int(counts[unchecked: isPrime])
            }
        }
    }
}
