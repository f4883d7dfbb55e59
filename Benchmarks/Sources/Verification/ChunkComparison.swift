/// A comparison of answers with the primes of a chunk, block by block.
///
/// If every answer is right, the index's count of primes in every block is right too: with a wrong count, an answer would
/// come from another block than the expected prime.
public struct ChunkComparison: Sendable {
    /// The amount of compared answers, all of them right.
    public struct Tally: Sendable, Equatable {
        /// The number of blocks with compared primes.
        public var blocks: Int
        /// The number of compared primes.
        public var primes: Int

        /// Creates a tally.
        public init(blocks: Int = 0, primes: Int = 0) {
            self.blocks = blocks
            self.primes = primes
        }
    }

    private let answers: any PrimeAnswers

    /// Creates a comparison of these answers.
    public init(of answers: any PrimeAnswers) {
        self.answers = answers
    }

    /// Asks for every prime of a chunk, and compares the answers.
    ///
    /// - Parameter chunk: The expected primes.
    /// - Returns: The amount of compared answers.
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

    /// Returns the primes from a position to the end of that position's block.
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
