/// How much of the domain a ``PrimeIndex`` keeps resident.
public struct Residency: Hashable, Sendable {
    /// Blocks of the number line that are kept sieved.
    public var blocks: Int
    /// The memory that they take, in bytes, with their directories.
    public var bytes: Int
    /// Every M from 1 to this is resident; 0 if none is.
    public var primes: UInt32
    /// Whether the budget is filled, or the domain complete: nothing more is to come.
    public var isComplete: Bool

    /// The part of all M from 1 to 4,294,967,295 that is resident, from 0 to 1.
    public var share: Double { Double(self.primes) / Double(PrimeIndex.lastOrdinal) }
}
