/// Knows how many primes lie before each block of the number line, and so which block holds the M-th prime.
///
/// The count of primes in each block is embedded, one byte a block (``CheckpointFile``). Here the counts stand as running
/// sums on two levels, so that a look-up reads a handful of cache lines.
package struct CheckpointTable: Sendable {
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

    /// Sums are kept for every eight blocks, so that those within a step fit into 15 bits: the first step, the densest,
    /// holds 21,614 primes.
    private static let blocksPerStep = 8
    /// A hint for every 2^15 M says in which step to begin.
    ///
    /// A step holds 9,500 primes at least, so it is four on at most.
    private static let hintShift: UInt32 = 15
    private static let stepsPerHint = 4

    /// The number of primes before each step, but the last M from the end on.
    private let beforeStep: [UInt32]
    /// The number of primes before each block, counted from the beginning of its step.
    private let beforeBlock: [Int16]
    /// The step that holds M = i · 2^15 + 1.
    private let hints: [Int32]

    /// Sums up the counts of all blocks.
    ///
    /// - Parameter counts: How many primes each block holds; together at least 2^32 - 1.
    /// - Complexity: O(n) in time and memory for n blocks: about 2.7 bytes a block remain.
    package init(counts: [UInt16]) {
        let stepCount = (counts.count + Self.blocksPerStep - 1) / Self.blocksPerStep
        let hintCount = Int(UInt32.max >> Self.hintShift) + 1
        var beforeStep = [UInt32](repeating: .max, count: stepCount + Self.stepsPerHint)
        var beforeBlock = [Int16](repeating: 0, count: stepCount * Self.blocksPerStep)
        var hints: [Int32] = []
        hints.reserveCapacity(hintCount)
        var total = 0
        for step in 0..<stepCount {
            beforeStep[step] = UInt32(total)
            var inStep = 0
            let first = step * Self.blocksPerStep
            for block in first..<first + Self.blocksPerStep {
                beforeBlock[block] = Int16(inStep)
                if block < counts.count { inStep = min(inStep + Int(counts[block]), Int(UInt32.max) - total) }
            }
            total += inStep
            while hints.count < hintCount, hints.count << Self.hintShift < total { hints.append(Int32(step)) }
        }
        precondition(total == Int(UInt32.max), "the table ends at M = \(total), below 4294967295")
        self.beforeStep = beforeStep
        self.beforeBlock = beforeBlock
        self.hints = hints
    }

    /// Finds the block that holds the M-th prime.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The block, and the prime's place in it.
    /// - Complexity: O(1).
    @inline(__always)
    package func locate(_ ordinal: UInt32) -> Location {
        let hint = Int(self.hints[Int((ordinal - 1) >> Self.hintShift)])
        var step = hint
        // The sums of all steps that it can be lie in one or two lines, which are under way before the step is known.
        self.beforeBlock.span.prefetch(hint * Self.blocksPerStep)
        self.beforeBlock.span.prefetch((hint + Self.stepsPerHint) * Self.blocksPerStep)
        // Without a branch: how many of the next steps begin before M?
        for next in hint + 1...hint + Self.stepsPerHint { step += self.beforeStep[next] < ordinal ? 1 : 0 }
        let rankInStep = Int16(truncatingIfNeeded: ordinal &- self.beforeStep[step])
        let first = step * Self.blocksPerStep
        // Safe: every pattern of bits is eight integers, and the span checks that they lie within it.
        let sums = unsafe self.beforeBlock.span.bytes.unsafeLoadUnaligned(
            fromByteOffset: first * MemoryLayout<Int16>.stride,
            as: SIMD8<Int16>.self
        )
        // The first sum is 0, so at least one is below.
        let place = sums.count(below: rankInStep) - 1
        let before = self.beforeBlock[first + place]
        let end =
            place < Self.blocksPerStep - 1
            ? self.beforeBlock[first + place + 1]
            : Int16(truncatingIfNeeded: self.beforeStep[step + 1] &- self.beforeStep[step])
        return Location(block: first + place, rank: Int(rankInStep - before), count: Int(end - before))
    }

    /// How many primes lie before a block, but the last M from the end on.
    package func primes(before block: Int) -> UInt32 {
        guard block < self.beforeBlock.count else { return .max }
        return self.beforeStep[block / Self.blocksPerStep] + UInt32(self.beforeBlock[block])
    }
}
