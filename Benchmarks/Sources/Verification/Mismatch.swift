/// A wrong answer.
public struct Mismatch: Error, Equatable {
    /// The M that was asked.
    public let ordinal: UInt32
    /// The answer; 0 if the answer was that there is no such prime.
    public let seen: UInt64
    /// The M-th prime according to libprimesieve.
    public let expected: UInt64

    /// Creates a mismatch.
    public init(ordinal: UInt32, seen: UInt64, expected: UInt64) {
        self.ordinal = ordinal
        self.seen = seen
        self.expected = expected
    }
}

extension Mismatch: CustomStringConvertible {
    /// M, its block, the answer and the right answer, in one line.
    public var description: String {
        let seen = self.seen == 0 ? "none" : String(self.seen)
        let block = self.expected / IndexBlock.length
        return "M = \(self.ordinal) (block \(block)): seen \(seen), expected \(self.expected)"
    }
}
