/// Consecutive primes and the place of the first, from libprimesieve.
public struct PrimeChunk: Sendable, Equatable {
    /// The M of the first prime.
    public let firstOrdinal: UInt32
    /// The primes, ascending and without a gap.
    public let primes: [UInt64]

    /// Creates a chunk.
    public init(firstOrdinal: UInt32, primes: [UInt64]) {
        self.firstOrdinal = firstOrdinal
        self.primes = primes
    }
}
