/// The part of the number line that a ``PrimeIndex`` keeps in memory.
public struct Residency: Hashable, Sendable {
    /// How many blocks of 30,720 numbers are in memory, from 0 to 3,401,198.
    public var blocks: Int
    /// The memory that the blocks take with their directories, in bytes: 1,056 for each block.
    public var bytes: Int
    /// The largest M whose prime is resident, as are all below it; 0 if none is.
    public var primes: UInt32
    /// Whether the memory budget is filled, or holds the whole domain.
    public var isComplete: Bool

    /// The resident fraction of all M from 1 to 4,294,967,295, from 0 to 1.
    public var share: Double { Double(self.primes) / Double(PrimeIndex.lastOrdinal) }
}
