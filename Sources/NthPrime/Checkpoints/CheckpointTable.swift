/// Knows how many primes lie before each block of the number line, and so which block holds the M-th prime.
///
/// The count of primes in each block is embedded, one byte a block (``CheckpointFile``). Here the counts stand as running
/// sums: twelve blocks are a step of the table, 32 bytes that tell all about them. Which step M is in, is estimated:
/// primes are spread so evenly that a straight line between two known points, 65,536 primes apart, leads to the right
/// step almost always, and next to it otherwise. So a look-up waits for memory once.
@safe package struct CheckpointTable: ~Copyable, Sendable {
    /// Where a prime stands: in which block, and at which place among its primes.
    package struct Location: Equatable {
        /// The block's number.
        package var block: Int
        /// The place of the prime among those of its block, from 1.
        package var rank: Int
        /// How many primes the block holds; the last block's are counted up to the last M.
        package var count: Int

        /// Names a place.
        package init(block: Int, rank: Int, count: Int) {
            self.block = block
            self.rank = rank
            self.count = count
        }
    }

    /// The steps, one after another, on huge pages where there are such: they are read at random.
    ///
    /// | bytes | what |
    /// |---|---|
    /// | 0 ..< 4 | how many primes lie before the step |
    /// | 6 ..< 32 | how many of its primes lie before each of its blocks, the first to the twelfth, and before its end |
    private let steps: PageMemory
    /// Where the M-th prime is, for M = i · 2^16 + 1, in units of 2^−12 of a step.
    private let points: [UInt32]

    private static let bytesPerStep = 32
    private static let sumsOffset = 6
    /// As many as have all their sums in 15 bits: the first twelve, the densest, hold 31,431 primes.
    private static let blocksPerStep = 12
    private static let pointShift: UInt32 = 16
    private static let fractionBits: UInt32 = 12

    /// Sums up the counts of all blocks.
    ///
    /// - Parameter counts: How many primes each block holds; together at least 2^32 - 1.
    /// - Complexity: O(n) in time and memory for n blocks: about 2.7 bytes a block remain.
    package init(counts: [UInt16]) {
        self.init(blockCount: counts.count) { append in
            for count in counts { append(count) }
        }
    }

    /// Sums up the counts of all blocks as they come.
    ///
    /// - Parameters:
    ///   - blockCount: How many blocks there are.
    ///   - forEachCount: Calls what it is given with the count of each block, from the first to the last; together at
    ///     least 2^32 - 1.
    @inline(__always)
    init(blockCount: Int, _ forEachCount: ((UInt16) -> Void) -> Void) {
        let stepCount = (blockCount + Self.blocksPerStep - 1) / Self.blocksPerStep
        guard let steps = PageMemory(byteCount: stepCount * Self.bytesPerStep) else {
            preconditionFailure("the system has no memory for the checkpoint table")
        }
        var points: [UInt32] = []
        points.reserveCapacity(Int(UInt32.max >> Self.pointShift) + 2)
        var step = unsafe steps.baseAddress
        var block = 0
        var total = 0
        var nextPoint = 0
        // Of the step: how many of its blocks have been, and their primes.
        var place = 0
        var sum = 0
        forEachCount { blockPrimes in
            if place == 0 { unsafe step.storeBytes(of: UInt32(truncatingIfNeeded: total), as: UInt32.self) }
            // The last block goes on beyond the last M.
            let count = min(Int(blockPrimes), Int(UInt32.max) &- total)
            total &+= count
            while nextPoint < total {
                let position = (block * count + nextPoint - (total - count)) << Self.fractionBits
                points.append(UInt32(position / (count * Self.blocksPerStep)))
                nextPoint += 1 << Self.pointShift
            }
            block &+= 1
            place &+= 1
            sum &+= count
            let offset = Self.sumsOffset &+ 2 &* place
            unsafe step.storeBytes(of: Int16(truncatingIfNeeded: sum), toByteOffset: offset, as: Int16.self)
            guard place == Self.blocksPerStep else { return }
            place = 0
            sum = 0
            unsafe step += Self.bytesPerStep
        }
        precondition(block == blockCount, "\(block) counts came for \(blockCount) blocks")
        precondition(total == Int(UInt32.max), "the table ends at M = \(total), below 4294967295")
        // The last step goes on beyond the last block.
        while (1..<Self.blocksPerStep).contains(place) {
            place += 1
            unsafe step.storeBytes(of: Int16(sum), toByteOffset: Self.sumsOffset + 2 * place, as: Int16.self)
        }
        points.append(UInt32(stepCount << Self.fractionBits))
        self.steps = steps
        self.points = points
    }

    /// Where on the number line a prime is, more or less.
    struct Estimate {
        /// In units of 2^−12 of a step, from 0.
        fileprivate var position: UInt64

        /// The block's number, or that of a neighbour.
        var block: Int { self.byteOffset / Block.bitmapBytes }
        /// In the bitmap of the number line, to within some lines.
        var byteOffset: Int {
            Int(
                truncatingIfNeeded: (self.position &* UInt64(CheckpointTable.blocksPerStep * Block.bitmapBytes))
                    &>> UInt64(CheckpointTable.fractionBits)
            )
        }
    }

    /// Estimates where the M-th prime is, without a wait for memory.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The position on a straight line between two known primes.
    @inline(__always)
    func estimate(_ ordinal: UInt32) -> Estimate {
        let point = Int((ordinal - 1) >> Self.pointShift)
        let onLine = UInt64((ordinal - 1) & (1 << Self.pointShift - 1))
        let slope = UInt64(self.points[point + 1] &- self.points[point])
        return Estimate(position: UInt64(self.points[point]) &+ (slope &* onLine) &>> UInt64(Self.pointShift))
    }

    /// Finds the block that holds the M-th prime.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The block, and the prime's place in it.
    /// - Complexity: O(1).
    @inline(__always)
    package func locate(_ ordinal: UInt32) -> Location {
        self.locate(ordinal, near: self.estimate(ordinal))
    }

    /// Finds the block that holds the M-th prime, given where that is, more or less.
    @inline(__always)
    func locate(_ ordinal: UInt32, near estimate: Estimate) -> Location {
        var step = Int(estimate.position >> UInt64(Self.fractionBits))
        while true {
            let bytes = unsafe self.steps.baseAddress + step &* Self.bytesPerStep
            let rankInStep = unsafe Int(ordinal) &- Int(bytes.load(as: UInt32.self))
            // Before the step, 0 of its sums are below; after it, all of them are.
            let value = Int16(truncatingIfNeeded: min(max(rankInStep, 0), Int(Int16.max)))
            let first = unsafe bytes.loadUnaligned(fromByteOffset: Self.sumsOffset + 2, as: SIMD8<Int16>.self)
            let last = unsafe bytes.loadUnaligned(fromByteOffset: Self.sumsOffset + 18, as: SIMD4<Int16>.self)
            let place = first.count(below: value) &+ last.count(below: value)
            if rankInStep <= 0 {
                step &-= 1
            } else if place == Self.blocksPerStep {
                step &+= 1
            } else {
                let sums = unsafe bytes + Self.sumsOffset + 2 &* place
                let before = unsafe Int(sums.load(as: Int16.self))
                let end = unsafe Int(sums.load(fromByteOffset: 2, as: Int16.self))
                let block = step &* Self.blocksPerStep &+ place
                return Location(block: block, rank: rankInStep &- before, count: end &- before)
            }
        }
    }

    /// How many primes lie before a block, but the last M from the end on.
    package func primes(before block: Int) -> UInt32 {
        guard block < Block.count else { return .max }
        let (step, place) = block.quotientAndRemainder(dividingBy: Self.blocksPerStep)
        let bytes = unsafe self.steps.baseAddress + step * Self.bytesPerStep
        let before = unsafe bytes.load(fromByteOffset: Self.sumsOffset + 2 * place, as: Int16.self)
        return unsafe bytes.load(as: UInt32.self) + UInt32(before)
    }
}
