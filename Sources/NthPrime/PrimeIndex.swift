/// Answers "what is the M-th prime?" for every M from 1 to 4,294,967,295.
///
/// ```swift
/// let index = try PrimeIndex()
/// index.prime(at: 1)          // 2
/// index.prime(at: 1_000_000)  // 15_485_863
/// ```
///
/// An embedded table tells how many primes precede each block of the number line; a look-up sieves a part of the one
/// block that holds the answer. Given a budget of memory, an index keeps the first blocks of the line sieved, and a
/// look-up in these is a matter of two cache misses. `docs/performance.md` has the figures.
///
/// Any number of threads may look up at once. They share read-only tables and never wait for each other.
public final class PrimeIndex: Sendable {
    /// The largest M that is answered, 4,294,967,295; its prime is 104,484,802,043.
    public static let lastOrdinal = UInt32.max

    let table: CheckpointTable
    private let sieve = BlockSieve()
    private let scratches = ScratchPool()
    let resident: ResidentBlocks
    private let fill: BackgroundFill?

    /// Checks the embedded table, prepares the sieve, and begins to fill the budget in the background.
    ///
    /// - Parameters:
    ///   - memoryBudget: How many bytes of sieved blocks to keep, from 0 on; a block takes 1,024. What is beyond the
    ///     whole domain, 3,482,826,752 bytes, is left alone. Directories take another thirty-second of it, and the rest
    ///     of an index some 2 MB beside the embedded table, of 4 MB.
    ///   - fillWorkers: How many threads fill the budget, at least 1; by default one a core. They run at the system's
    ///     lowest priority, begin 50 ms later, and end with the work or with the index.
    /// - Throws: ``PrimeIndexError`` if the embedded table is damaged, or the system has no room for the budget.
    /// - Complexity: About 2 ms, whatever the budget.
    public init(memoryBudget: Int = 0, fillWorkers: Int? = nil) throws(PrimeIndexError) {
        precondition(memoryBudget >= 0, "memoryBudget \(memoryBudget) is negative")
        precondition(fillWorkers ?? 1 > 0, "fillWorkers \(fillWorkers ?? 1) is below 1")
        do {
            self.table = try CheckpointTable.embedded()
        } catch {
            throw PrimeIndexError(code: .damagedTable, message: "the embedded table of primes is damaged: \(error)")
        }
        let capacity = min(memoryBudget / Block.bitmapBytes, Block.count)
        guard let resident = ResidentBlocks(capacity: capacity) else {
            throw PrimeIndexError(
                code: .outOfMemory,
                message: "the system has no room for a memory budget of \(memoryBudget) bytes; give a smaller one"
            )
        }
        self.resident = resident
        self.fill = capacity > 0 ? BackgroundFill(resident, workerCount: fillWorkers ?? Threads.coreCount) : nil
    }
}

// MARK: - Look-ups

extension PrimeIndex {
    /// Looks up the M-th prime.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The prime, from 2 (M = 1) to 104,484,802,043 (M = 4,294,967,295); `nil` for M = 0.
    /// - Complexity: O(1) if it is resident; else the time to sieve a part of a block. No memory is allocated, unless
    ///   more than 32 threads sieve at once.
    public func prime(at ordinal: UInt32) -> UInt64? {
        guard ordinal > 0 else { return nil }
        let location = self.locate(ordinal)
        return self.residentPrime(ordinal, location, residentCount: self.resident.count)
            ?? self.scratches.withScratch { self.sievedPrime(location, scratch: &$0) }
    }

    /// Looks up the M-th prime if that takes no sieving.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The prime; `nil` if it is not resident, and for M = 0.
    /// - Complexity: O(1).
    public func residentPrime(at ordinal: UInt32) -> UInt64? {
        guard ordinal > 0 else { return nil }
        return self.residentPrime(ordinal, self.locate(ordinal), residentCount: self.resident.count)
    }

    /// Finds the block that holds the M-th prime, while what a resident look-up needs is fetched.
    @inline(__always)
    func locate(_ ordinal: UInt32) -> CheckpointTable.Location {
        let estimate = self.table.estimate(ordinal)
        self.resident.prefetch(estimate)
        return self.table.locate(ordinal, near: estimate)
    }

    private func residentPrime(
        _ ordinal: UInt32,
        _ location: CheckpointTable.Location,
        residentCount: Int
    ) -> UInt64? {
        guard location.block < residentCount else { return nil }
        if location.block > 0 { return self.resident.prime(at: location) }
        // 2, 3 and 5 have no bit.
        guard ordinal > 3 else { return ordinal == 3 ? 5 : UInt64(ordinal + 1) }
        return self.resident.prime(at: .init(block: 0, rank: location.rank - 3, count: location.count - 3))
    }

    private func sievedPrime(_ location: CheckpointTable.Location, scratch: inout SieveScratch) -> UInt64 {
        guard location.block == 0 else {
            return self.sieve.prime(location.rank, of: location.count, inBlock: location.block, scratch: &scratch)
        }
        // The sieve knows odd primes alone.
        if location.rank == 1 { return 2 }
        return self.sieve.prime(location.rank - 1, of: location.count - 1, inBlock: 0, scratch: &scratch)
    }
}

// MARK: - Residency

extension PrimeIndex {
    /// What is resident now.
    public var residency: Residency {
        let count = self.resident.count
        return Residency(
            blocks: count,
            bytes: count * (Block.bitmapBytes + MemoryLayout<RankDirectory>.stride),
            primes: self.table.primes(before: count),
            isComplete: count == self.resident.capacity
        )
    }

    /// Waits until the budget is filled, or the task is cancelled.
    public func waitUntilFilled() async {
        await self.fill?.waitUntilDone()
    }
}

extension PrimeIndex: CustomStringConvertible {
    /// Says what is covered, and how much of it is resident.
    public var description: String { "PrimeIndex(1...\(Self.lastOrdinal), resident: 1...\(self.residency.primes))" }
}
