/// A stretch of the number line and the primes on it, as an independent source has them.
public struct PrimeChunk: Sendable, Equatable {
    /// The place of the first of the primes, counting from 2.
    public let firstOrdinal: UInt32
    /// The primes, ascending, none left out.
    public let primes: [UInt64]

    /// Names the primes of a stretch.
    public init(firstOrdinal: UInt32, primes: [UInt64]) {
        self.firstOrdinal = firstOrdinal
        self.primes = primes
    }
}
