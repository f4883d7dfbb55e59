/// An index of the primes, which answers "what is the M-th prime?" for every M from 1 to 4,294,967,295.
///
/// ```swift
/// let index = try PrimeIndex()
/// index.prime(at: 1)          // 2
/// index.prime(at: 1_000_000)  // 15_485_863
/// ```
///
/// An embedded table tells how many primes precede each block of the number line. A look-up sieves a part of the block
/// that holds the answer. With a memory budget, ``fill(workers:)`` keeps the first blocks sieved in memory: these are
/// resident, and a look-up in them has two further cache misses instead. `docs/performance.md` has the figures.
///
/// Any number of threads may look up at the same time. They share read-only tables and never wait for each other.
public final class PrimeIndex: Sendable {
    /// The largest M that is answered, 4,294,967,295; its prime is 104,484,802,043.
    public static let lastOrdinal = UInt32.max
    /// The memory budget that keeps every prime in memory, in bytes: 3,482,826,752.
    public static let completeMemoryBudget = Block.count * Block.bitmapBytes

    let table: CheckpointTable
    private let sieve = BlockSieve()
    private let scratches = ScratchPool()
    let resident: ResidentBlocks
    private let fillWork: FillWork

    /// Checks the embedded table, prepares the sieve, and reserves memory; ``fill(workers:)`` fills it.
    ///
    /// - Parameter memoryBudget: How many bytes of sieved blocks to keep in memory, at least 0. A block takes 1,024
    ///   bytes, and the whole domain ``completeMemoryBudget``; what exceeds that is not used. Directories take another 32nd of
    ///   the budget, the rest of an index about 2 MB, and the embedded table 4 MB.
    /// - Throws: ``PrimeIndexError`` with the code ``PrimeIndexError/Code/damagedTable``, or
    ///   ``PrimeIndexError/Code/outOfMemory`` if the system has no room for the budget.
    /// - Complexity: About 2 ms, whatever the budget: the system provides memory when it is first written.
    public init(memoryBudget: Int = 0) throws(PrimeIndexError) {
        precondition(memoryBudget >= 0, "memoryBudget \(memoryBudget) is negative")
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
        self.fillWork = FillWork(resident)
    }
}

// MARK: - Look-ups

extension PrimeIndex {
    /// Looks up the M-th prime.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The prime, from 2 (M = 1) to 104,484,802,043 (M = 4,294,967,295); `nil` for M = 0.
    /// - Complexity: O(1), about 0.4 µs, if the prime is resident; else about 8 µs to sieve a part of a block. Allocates
    ///   no memory unless more than 32 threads sieve at the same time.
    public func prime(at ordinal: UInt32) -> UInt64? {
        guard ordinal > 0 else { return nil }
        let location = self.locate(ordinal)
        return self.residentPrime(ordinal, location, residentCount: self.resident.count)
            ?? self.scratches.withScratch { self.sievedPrime(location, scratch: &$0) }
    }

    /// Looks up the M-th prime if it is resident.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The prime; `nil` if it is not resident, and for M = 0.
    /// - Complexity: O(1), about 0.4 µs.
    public func residentPrime(at ordinal: UInt32) -> UInt64? {
        guard ordinal > 0 else { return nil }
        return self.residentPrime(ordinal, self.locate(ordinal), residentCount: self.resident.count)
    }

    /// Finds the block that holds the M-th prime, and prefetches what a resident look-up reads next.
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
        // The sieve has odd numbers only.
        if location.rank == 1 { return 2 }
        return self.sieve.prime(location.rank - 1, of: location.count - 1, inBlock: 0, scratch: &scratch)
    }
}

// MARK: - Residency

extension PrimeIndex {
    /// What is resident at this moment.
    ///
    /// It only grows. While a fill runs, look-ups may already find more than it tells.
    ///
    /// - Complexity: O(1).
    public var residency: Residency {
        let count = self.resident.count
        return Residency(
            blocks: count,
            bytes: count * (Block.bitmapBytes + MemoryLayout<RankDirectory>.stride),
            primes: self.table.primes(before: count),
            isComplete: count == self.resident.capacity
        )
    }

    /// Fills the memory budget, from the first block on; look-ups use each block as soon as it is in memory.
    ///
    /// Returns once the budget is filled (an empty one always is), or within milliseconds if the task is cancelled:
    /// ``Residency/isComplete`` tells which. After a cancellation each thread ends within about 2 ms of CPU time. Until then
    /// they keep the memory, even if the index is released. The blocks in memory stay, and a later call continues.
    ///
    /// Calls at the same time share the work and the threads, which work until the last of these calls is cancelled.
    ///
    /// - Parameter workers: How many threads are to work, at least 1; by default one for each core. They run at low
    ///   priority (nice 10). If the system starts only some of them, these do all the work.
    /// - Throws: ``PrimeIndexError`` with the code ``PrimeIndexError/Code/noThreads`` if the system starts none.
    /// - Complexity: About 5 µs of CPU time for each block of 1,024 bytes: 0.3 s for 64 MiB, 16 s for the whole domain.
    public func fill(workers: Int? = nil) async throws(PrimeIndexError) {
        precondition(workers ?? 1 > 0, "workers \(workers ?? 1) is below 1")
        try await self.fillWork.run(workers: workers ?? Threads.coreCount)
    }
}

extension PrimeIndex: CustomStringConvertible {
    /// The range of M that is answered, and the part of it that is resident.
    public var description: String { "PrimeIndex(1...\(Self.lastOrdinal), resident: 1...\(self.residency.primes))" }
}
