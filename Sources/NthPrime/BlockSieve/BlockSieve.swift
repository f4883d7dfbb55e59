/// A segmented sieve of Eratosthenes for a part of one block of the number line, or all of it.
///
/// It has odd numbers only, so block 0 is without the prime 2. It is immutable: any number of threads may use it at the
/// same time, each with a ``SieveScratch`` of its own.
struct BlockSieve: Sendable {
    let primes = SievingPrimes()
    let compaction = CompactionTable()

    /// The odd numbers to sieve, from the start or the end of a block.
    ///
    /// A block [s, e) from its end is the stretch from −e up. One sieve works in both directions, because −q and q have
    /// the same divisors.
    struct Stretch {
        /// The start in units of ``Block/length``.
        var origin: Int
        /// How many odd numbers it has; a multiple of 128.
        var length: Int

        /// Returns the absolute value of the number at an index.
        func number(at index: Int) -> UInt64 { UInt64(abs(self.origin * Block.length + 2 * index + 1)) }
    }

    /// Looks up a prime of a block.
    ///
    /// - Parameters:
    ///   - rank: The prime's place among the block's odd primes, from 1.
    ///   - count: How many odd primes the block holds.
    ///   - block: The block's number, from 0.
    ///   - scratch: The calling thread's.
    /// - Returns: The prime.
    func prime(_ rank: Int, of count: Int, inBlock block: Int, scratch: inout SieveScratch) -> UInt64 {
        if scratch.recentBlocks.note(block) {
            let whole = Stretch(origin: block, length: Block.odds)
            let list = unsafe self.list(of: whole, scratch: &scratch)
            return unsafe whole.number(at: Int(list[rank - 1]))
        }
        // The primes of the last block cannot be counted from its end, because `count` ends with the largest M.
        let isNearEnd = block > 0 && block < Block.count - 1 && 2 * rank > count + 1
        let rank = isNearEnd ? count - rank + 1 : rank
        let length = block > 0 ? Self.reach(of: rank, of: count) : Block.odds
        var stretch = Stretch(origin: isNearEnd ? -(block + 1) : block, length: length)
        self.sieve(stretch, scratch: scratch)
        if let index = self.select(rank, stretch, scratch: scratch) { return stretch.number(at: index) }
        // One prime in a thousand lies beyond the likely reach.
        stretch.length = Block.odds
        self.sieve(stretch, scratch: scratch)
        guard let index = self.select(rank, stretch, scratch: scratch) else {
            preconditionFailure("block \(block) holds fewer than \(count) odd primes")
        }
        return stretch.number(at: index)
    }

    /// Returns how many odd numbers to sieve so that they most likely contain the rank-th of `count` primes.
    ///
    /// The prime is near index odds · rank / count. If primes were independent, its spread would be the spread of a
    /// Brownian bridge: √(rank · (1 − rank / count)) mean gaps. The measured spread is 0.77 of that.
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

    /// Copies the flags of the multiples of 3, 5, 7, 11 and 13.
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

    /// Returns the groups of large primes, which strike at most once and usually not at all.
    ///
    /// The groups before them hold the medium primes. Only primes up to the root of the far end must strike. The larger
    /// primes that fill up the last group are harmless: they strike only multiples, and lie far before the block, except
    /// in block 0.
    private func largeGroups(_ stretch: Stretch) -> Range<Int> {
        let farEnd = max(abs(stretch.origin), abs(stretch.origin + 1)) * Block.length
        let end = self.primes.groupsBelow(Int(Double(farEnd).squareRoot()) + 1)
        return min(self.primes.groupsBelow(stretch.length + stretch.length / 8), end)..<end
    }

    /// Corrects the flags of block 0, where sieving primes have struck themselves, and no prime strikes 1.
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

    /// Returns the index of the rank-th prime of a sieved stretch; `nil` if it has fewer primes.
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

    /// Returns the indices of all primes of a whole block, and sieves it first if it has no list yet.
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
