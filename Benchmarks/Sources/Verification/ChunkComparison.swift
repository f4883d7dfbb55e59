/// Compares answers with the primes of a chunk, block by block.
///
/// With every answer right, every block's count is right too: an answer that stands in another block than the expected
/// prime is a wrong answer, whatever the index believes about its blocks.
public struct ChunkComparison: Sendable {
    /// What was found to be right.
    public struct Tally: Sendable, Equatable {
        /// How many blocks hold the primes.
        public var blocks: Int
        /// How many primes.
        public var primes: Int

        /// Names an amount.
        public init(blocks: Int = 0, primes: Int = 0) {
            self.blocks = blocks
            self.primes = primes
        }
    }

    private let answers: any PrimeAnswers

    /// Names the answers that are checked.
    public init(of answers: any PrimeAnswers) {
        self.answers = answers
    }

    /// Asks for every prime of a chunk.
    ///
    /// - Parameter chunk: The primes that are expected.
    /// - Returns: How much was compared, all of it right.
    /// - Throws: ``Mismatch`` for the first wrong answer.
    public func tally(of chunk: PrimeChunk) throws(Mismatch) -> Tally {
        var tally = Tally()
        while tally.primes < chunk.primes.count {
            let expected = self.primes(of: chunk, inBlockOf: tally.primes)
            let firstOrdinal = chunk.firstOrdinal + UInt32(tally.primes)
            try self.compare(expected, firstOrdinal: firstOrdinal)
            tally.primes += expected.count
            tally.blocks += 1
        }
        return tally
    }

    /// The primes from a position on that share its block.
    private func primes(of chunk: PrimeChunk, inBlockOf first: Int) -> ArraySlice<UInt64> {
        let end = (chunk.primes[first] / IndexBlock.length + 1) * IndexBlock.length
        return chunk.primes[first...].prefix { $0 < end }
    }

    private func compare(_ expected: ArraySlice<UInt64>, firstOrdinal: UInt32) throws(Mismatch) {
        let ordinals = (0..<UInt32(expected.count)).map { firstOrdinal + $0 }
        var seen = [UInt64](repeating: 0, count: ordinals.count)
        var answers = seen.mutableSpan
        self.answers.answer(ordinals.span, into: &answers)
        for ((ordinal, seen), expected) in zip(zip(ordinals, seen), expected) where seen != expected {
            throw Mismatch(ordinal: ordinal, seen: seen, expected: expected)
        }
    }
}
