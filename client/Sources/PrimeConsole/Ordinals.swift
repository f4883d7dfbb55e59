/// The numbers of one entry: one M, or a range with a step.
package struct Ordinals: Equatable, Sendable, Sequence {
    /// The first M.
    package let first: UInt32
    /// The end of the range, which the step may miss.
    package let last: UInt32
    /// The distance from one M to the next, at least 1.
    package let step: UInt32

    /// The number of numbers.
    var count: Int { Int((self.last - self.first) / self.step) + 1 }

    /// Returns an iterator over each M in ascending order.
    package func makeIterator() -> some IteratorProtocol<UInt32> {
        stride(from: UInt64(self.first), through: UInt64(self.last), by: Int(self.step)).lazy
            .map { UInt32($0) }.makeIterator()
    }
}
