/// Knows how many primes lie before each block of the number line, and so which block holds the M-th prime.
///
/// The number line from 0 up to the largest answer is cut into blocks of equal length. The count of primes in each is
/// embedded, one byte a block (``CheckpointFile``). Here the counts stand as running sums on two levels, so that a
/// look-up reads a handful of cache lines.
package struct CheckpointTable: Sendable {
    /// Where a prime stands: in which block, and at which place among its primes.
    package struct Location: Equatable {
        /// The block's number; it covers the numbers from `block * numbersPerBlock` on.
        package var block: Int
        /// The place of the prime among those of its block, from 1.
        package var rank: Int
        /// How many primes the block holds.
        package var count: Int

        /// Names a place.
        package init(block: Int, rank: Int, count: Int) {
            self.block = block
            self.rank = rank
            self.count = count
        }
    }

    /// The length of a block on the number line.
    package let numbersPerBlock: Int
    /// How many blocks there are.
    package let blockCount: Int

    /// Sums are kept for every 16 blocks, so that those within a step fit into 16 bits:
    /// the first step, the densest, holds 40,924 primes (at 30,720 numbers a block).
    private static let blocksPerStep = 16
    /// A hint for every 2^16 M says in which step to begin; a step holds about 20,000 primes, so it is three on at most.
    private static let hintShift: UInt32 = 16

    /// The number of primes before each step, and before the end.
    private let beforeStep: [UInt32]
    /// The number of primes before each block, counted from the beginning of its step.
    private let beforeBlock: [UInt16]
    /// The step that holds M = i · 2^16 + 1.
    private let hints: [Int32]

    /// Sums up the counts of all blocks.
    ///
    /// - Parameters:
    ///   - counts: How many primes each block holds; together at least 2^32 - 1.
    ///   - numbersPerBlock: The length of a block on the number line.
    /// - Complexity: O(n) in time and memory for n blocks: about 2.3 bytes a block remain.
    package init(counts: [UInt16], numbersPerBlock: Int) {
        self.numbersPerBlock = numbersPerBlock
        self.blockCount = counts.count
        let stepCount = (counts.count + Self.blocksPerStep - 1) / Self.blocksPerStep
        var beforeStep: [UInt32] = []
        var beforeBlock: [UInt16] = []
        var hints: [Int32] = []
        beforeStep.reserveCapacity(stepCount + 1)
        beforeBlock.reserveCapacity(stepCount * Self.blocksPerStep)
        hints.reserveCapacity(Int(UInt32.max >> Self.hintShift) + 1)
        var total = 0
        for step in 0..<stepCount {
            // The sum up to the end of the line is just beyond 2^32; only differences of it are used.
            beforeStep.append(UInt32(truncatingIfNeeded: total))
            var inStep: UInt16 = 0
            for block in step * Self.blocksPerStep..<(step + 1) * Self.blocksPerStep {
                beforeBlock.append(inStep)
                inStep += block < counts.count ? counts[block] : 0
            }
            total += Int(inStep)
            while hints.count << Self.hintShift < min(total, Int(UInt32.max)) {
                hints.append(Int32(step))
            }
        }
        beforeStep.append(UInt32(truncatingIfNeeded: total))
        precondition(total >= Int(UInt32.max), "the table ends at M = \(total), below 4294967295")
        self.beforeStep = beforeStep
        self.beforeBlock = beforeBlock
        self.hints = hints
    }

    /// Finds the block that holds the M-th prime.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The block, and the prime's place in it.
    /// - Complexity: O(1).
    package func locate(_ ordinal: UInt32) -> Location {
        var step = Int(self.hints[Int((ordinal - 1) >> Self.hintShift)])
        let lastStep = self.beforeStep.count - 2
        while step < lastStep, self.beforeStep[step + 1] < ordinal { step += 1 }
        let rankInStep = UInt16(ordinal - self.beforeStep[step])
        let firstBlock = step * Self.blocksPerStep
        var block = firstBlock
        for candidate in firstBlock + 1..<firstBlock + Self.blocksPerStep {
            block += self.beforeBlock[candidate] < rankInStep ? 1 : 0
        }
        let before = self.beforeBlock[block]
        let isLastOfStep = block == firstBlock + Self.blocksPerStep - 1
        let inStep = UInt16(self.beforeStep[step + 1] &- self.beforeStep[step])
        let end = isLastOfStep ? inStep : self.beforeBlock[block + 1]
        return Location(block: block, rank: Int(rankInStep - before), count: Int(end - before))
    }
}
