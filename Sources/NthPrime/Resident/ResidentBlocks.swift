internal import Prefetch
internal import Synchronization

/// The sieved blocks in memory: the first of the number line, as many as fit into the memory budget.
///
/// A block is a bitmap of 1,024 bytes (``Wheel``) and a directory of 32 bytes (``RankDirectory``). A look-up reads one
/// cache line of each.
///
/// Threads write blocks in any order (``FillWork``), and look-ups read only blocks that are published. ``publish(upTo:)``
/// is a release that each look-up acquires, so no look-up reads a block while it is written.
@safe final class ResidentBlocks: Sendable {
    /// How many blocks there is room for.
    let capacity: Int
    private let bitmaps: PageMemory
    private let directories: PageMemory
    private let publishedCount = Atomic(0)

    /// Reserves memory for the first blocks of the number line; fails if the system has no room for it.
    ///
    /// - Parameter capacity: How many blocks.
    init?(capacity: Int) {
        guard let bitmaps = PageMemory(byteCount: capacity * Block.bitmapBytes),
            let directories = PageMemory(byteCount: capacity * MemoryLayout<RankDirectory>.stride)
        else { return nil }
        self.capacity = capacity
        self.bitmaps = bitmaps
        self.directories = directories
    }

    // MARK: - Reading

    /// How many blocks are published.
    var count: Int { self.publishedCount.load(ordering: .acquiring) }

    /// Looks up a prime of a block.
    ///
    /// - Parameter location: The block, which must be below ``count``. Rank and count leave out the primes that have no
    ///   bit: 2, 3 and 5.
    /// - Returns: The prime.
    @inline(__always)
    func prime(at location: CheckpointTable.Location) -> UInt64 {
        // The line to read most likely lies as far into the block as the prime among the block's primes, give or take a
        // fifth of a line. Prefetching it there overlaps its cache miss with the directory's.
        let start = location.block &* Block.bitmapBytes
        let likely = location.rank &* Block.bitmapBytes / (location.count &+ 1)
        unsafe Prefetch.prefetch(self.bitmaps.baseAddress + (start &+ max(0, likely &- 12)))
        unsafe Prefetch.prefetch(self.bitmaps.baseAddress + (start &+ min(Block.bitmapBytes &- 1, likely &+ 12)))
        return unsafe self.place(of: location).prime
    }

    /// Prefetches what ``place(of:)`` most likely reads, and the address translation of the bitmap's line.
    ///
    /// Any estimate is safe, even outside the memory, because a prefetch reads nothing.
    @inline(__always)
    func prefetch(_ estimate: CheckpointTable.Estimate) {
        unsafe Prefetch.prefetch(self.directory(of: estimate.block))
        unsafe Prefetch.prefetch(self.bitmaps.baseAddress + estimate.byteOffset)
    }

    /// Finds the line that holds a prime of a published block.
    @inline(__always)
    func place(of location: CheckpointTable.Location) -> Place {
        let (line, rank) = unsafe RankDirectory.find(location.rank, in: self.directory(of: location.block))
        let number = unsafe location.block &* (Block.bitmapBytes / BitmapLine.byteCount) &+ line
        return unsafe Place(
            line: UnsafeRawPointer(self.bitmaps.baseAddress + number &* BitmapLine.byteCount),
            firstNumber: number &* BitmapLine.numbers,
            rank: rank
        )
    }

    /// A prime's line of the bitmap, and its place in this line.
    @unsafe struct Place {
        fileprivate var line: UnsafeRawPointer
        fileprivate var firstNumber: Int
        fileprivate var rank: Int

        /// Prefetches what ``prime`` reads.
        @inline(__always)
        func prefetchLine() { unsafe Prefetch.prefetch(self.line) }

        /// The prime.
        @inline(__always)
        var prime: UInt64 {
            unsafe UInt64(truncatingIfNeeded: self.firstNumber &+ BitmapLine(at: self.line).number(at: self.rank))
        }
    }

    // MARK: - Writing

    /// Lets look-ups read all blocks before `end`, which must be sieved.
    func publish(upTo end: Int) {
        self.publishedCount.store(end, ordering: .releasing)
    }

    /// Sieves a run of blocks that no other thread writes, and that are not yet published.
    ///
    /// - Parameters:
    ///   - blocks: The run, within the capacity.
    ///   - sieve: The calling thread's.
    ///   - isWanted: Asked about every 2 ms of CPU time; `false` ends the run early.
    /// - Returns: Whether the whole run is sieved.
    func sieve(_ blocks: Range<Int>, with sieve: inout SegmentSieve, while isWanted: () -> Bool) -> Bool {
        let firstByte = blocks.lowerBound * Block.bitmapBytes
        let bitmap = unsafe UnsafeMutableRawBufferPointer(
            start: self.bitmaps.baseAddress + firstByte,
            count: blocks.count * Block.bitmapBytes
        )
        let directories = unsafe UnsafeMutableBufferPointer(
            start: self.directory(of: blocks.lowerBound),
            count: blocks.count
        )
        return unsafe sieve.sieve(bitmap, firstByte: firstByte, directories: directories, while: isWanted)
    }

    private func directory(of block: Int) -> UnsafeMutablePointer<RankDirectory> {
        unsafe self.directories.baseAddress.assumingMemoryBound(to: RankDirectory.self) + block
    }
}
