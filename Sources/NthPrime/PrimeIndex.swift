/// Answers "what is the M-th prime?" for every M from 1 to 4,294,967,295.
///
/// ```swift
/// let index = try PrimeIndex()
/// index.prime(at: 1)          // 2
/// index.prime(at: 1_000_000)  // 15_485_863
/// ```
///
/// An embedded table tells how many primes precede each block of the number line; a look-up sieves the one block that
/// holds the answer. A value of this type is immutable: any number of threads may look up at once.
public struct PrimeIndex: Sendable {
    /// The largest M that is answered, 4,294,967,295; its prime is 104,484,802,043.
    public static let lastOrdinal = UInt32.max

    private let table: CheckpointTable
    private let sieve: BlockSieve

    /// Decodes the embedded table and prepares the sieve.
    ///
    /// - Throws: ``PrimeIndexError`` if the embedded table is damaged.
    /// - Complexity: About 10 ms and 8 MB.
    public init() throws(PrimeIndexError) {
        let file: CheckpointFile
        do {
            file = try CheckpointFile.embedded()
        } catch {
            throw PrimeIndexError(code: .damagedTable, message: "the embedded table of primes is damaged: \(error)")
        }
        self.init(file: file)
    }

    package init(file: CheckpointFile) {
        self.table = CheckpointTable(counts: file.counts, numbersPerBlock: file.numbersPerBlock)
        self.sieve = BlockSieve(
            numbersPerBlock: file.numbersPerBlock,
            end: UInt64(file.numbersPerBlock * file.counts.count)
        )
    }

    /// Looks up the M-th prime.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The prime, from 2 (M = 1) to 104,484,802,043 (M = 4,294,967,295); `nil` for M = 0.
    /// - Complexity: The time to sieve one block.
    public func prime(at ordinal: UInt32) -> UInt64? {
        guard ordinal > 0 else { return nil }
        let location = self.table.locate(ordinal)
        return self.sieve.prime(inBlock: location.block, rank: location.rank)
    }
}

extension PrimeIndex: CustomStringConvertible {
    /// Says what is covered; the default description would print millions of counts.
    public var description: String { "PrimeIndex(1...\(Self.lastOrdinal))" }
}

/// Why a ``PrimeIndex`` could not be made.
public struct PrimeIndexError: Error, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable { case damagedTable }
        private let kind: Kind

        /// The table that is embedded in the program is not what was built into it.
        public static let damagedTable = Code(kind: .damagedTable)
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, in a sentence.
    public let message: String

    /// What went wrong, in a sentence.
    public var description: String { self.message }
}
