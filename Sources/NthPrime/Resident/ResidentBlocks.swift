internal import Prefetch
internal import Synchronization

/// Blocks that are kept sieved: the first of the number line, as many as fit into a budget of memory.
///
/// A block is a bitmap of 1,024 bytes (``Wheel``) and a directory of 32 (``RankDirectory``). A look-up reads one line of
/// each: two misses of the cache.
///
/// Blocks are written once, in any order, by any number of threads (``FillWork``), and read only after
/// ``publish(upTo:)`` has said so: a release that each look-up acquires. So nobody ever reads what is being written.
@safe final class ResidentBlocks: Sendable {
    /// How many blocks there is room for.
    let capacity: Int
    private let bitmaps: PageMemory
    private let directories: PageMemory
    private let publishedCount = Atomic(0)

    /// Reserves room for the first blocks of the number line; fails if the system has none.
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

    /// How many blocks can be read.
    var count: Int { self.publishedCount.load(ordering: .acquiring) }

    /// Looks up a prime of a block.
    ///
    /// - Parameter location: The block, whose number is below ``count``; the prime's place among those of its primes
    ///   that have a bit; and how many these are.
    /// - Returns: The prime.
    @inline(__always)
    func prime(at location: CheckpointTable.Location) -> UInt64 {
        // The directory tells which line to read; most likely it is the one that lies as far into the block as the prime
        // among the block's primes, give or take a fifth of a line. So it is under way before the directory is read.
        let start = location.block &* Block.bitmapBytes
        let likely = location.rank &* Block.bitmapBytes / (location.count &+ 1)
        unsafe Prefetch.prefetch(self.bitmaps.baseAddress + (start &+ max(0, likely &- 12)))
        unsafe Prefetch.prefetch(self.bitmaps.baseAddress + (start &+ min(Block.bitmapBytes &- 1, likely &+ 12)))
        return unsafe self.place(of: location).prime
    }

    /// Begins to fetch what ``place(of:)`` most likely reads, and the translation of the address of the bitmap's line.
    ///
    /// It may be anywhere, even where nothing is resident: nothing is read.
    @inline(__always)
    func prefetch(_ estimate: CheckpointTable.Estimate) {
        unsafe Prefetch.prefetch(self.directory(of: estimate.block))
        unsafe Prefetch.prefetch(self.bitmaps.baseAddress + estimate.byteOffset)
    }

    /// Finds the line that a prime is in.
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

    /// A prime's line in the bitmap, and its place there.
    @unsafe struct Place {
        fileprivate var line: UnsafeRawPointer
        fileprivate var firstNumber: Int
        fileprivate var rank: Int

        /// Begins to fetch what ``prime`` reads.
        @inline(__always)
        func prefetchLine() { unsafe Prefetch.prefetch(self.line) }

        /// The prime.
        @inline(__always)
        var prime: UInt64 {
            unsafe UInt64(truncatingIfNeeded: self.firstNumber &+ BitmapLine(at: self.line).number(at: self.rank))
        }
    }

    // MARK: - Writing

    /// Lets blocks be read: all before `end` have been written.
    func publish(upTo end: Int) {
        self.publishedCount.store(end, ordering: .releasing)
    }

    /// Sieves a run of blocks that no other thread writes, and that are not yet published.
    ///
    /// - Parameters:
    ///   - blocks: The run, within the capacity.
    ///   - sieve: The calling thread's.
    ///   - isWanted: Asked about every 2 ms; if it says no, the rest is left.
    /// - Returns: Whether the run is done.
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
