/// A wrong answer.
public struct Mismatch: Error, Equatable {
    /// The place of the prime that was asked for.
    public let ordinal: UInt32
    /// The answer; 0 if it was that there is no such prime.
    public let seen: UInt64
    /// The prime that an independent source has at this place.
    public let expected: UInt64

    /// Names a wrong answer.
    public init(ordinal: UInt32, seen: UInt64, expected: UInt64) {
        self.ordinal = ordinal
        self.seen = seen
        self.expected = expected
    }
}

extension Mismatch: CustomStringConvertible {
    /// The place, what was answered and what is right, in a line.
    public var description: String {
        let seen = self.seen == 0 ? "none" : String(self.seen)
        let block = self.expected / IndexBlock.length
        return "M = \(self.ordinal) (block \(block)): seen \(seen), expected \(self.expected)"
    }
}
