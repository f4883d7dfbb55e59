/// A table of how many primes lie before each block of the number line, which tells which block holds the M-th prime.
///
/// The table reads a ``CheckpointFile`` in place. A ``CheckpointLine`` tells how many primes lie before it, and how many
/// each of its 56 blocks holds. The block of M is estimated on a straight line between two known points, 65,536 primes
/// apart. Primes are so evenly spread that the estimate is usually the right block, and otherwise a neighbour. So a
/// look-up has one cache miss here.
@safe struct CheckpointTable: Sendable {
    /// The position of a prime: its block, and its place among the primes of the block.
    struct Location: Equatable {
        /// The block's number.
        var block: Int
        /// The place of the prime among those of its block, from 1.
        var rank: Int
        /// How many primes the block holds; for the last block, up to the largest M.
        var count: Int
    }

    // Sendable although pointers: the bytes never change. Safe: every M and every block of the number line leads to a
    // place within the layout, which the caller of `init` guarantees.
    private nonisolated(unsafe) let lines: UnsafeRawPointer
    private nonisolated(unsafe) let points: UnsafeRawPointer
    private nonisolated(unsafe) let wideLines: UnsafeRawPointer

    /// Makes a table of a file, valid while the file's bytes are.
    ///
    /// - Parameters:
    ///   - bytes: The start of the file.
    ///   - layout: The layout of this file.
    @unsafe init(at bytes: UnsafeRawPointer, _ layout: CheckpointFile.Layout) {
        unsafe self.lines = bytes + layout.linesOffset
        unsafe self.points = bytes + layout.pointsOffset
        unsafe self.wideLines = bytes + layout.wideLinesOffset
    }

    // MARK: - Blocks

    /// Returns how many primes lie before a block; past the last block, the largest M.
    func primes(before block: Int) -> UInt32 {
        block < Block.count ? UInt32(self.primes(of: block).before) : .max
    }

    /// Returns how many primes lie before a block, and how many it holds.
    @inline(__always)
    func primes(of block: Int) -> (before: Int, count: Int) {
        let (number, place) = UInt32(truncatingIfNeeded: block)
            .quotientAndRemainder(dividingBy: UInt32(CheckpointLine.blockCount))
        let line = unsafe CheckpointLine(at: self.lines + Int(number) &* CheckpointLine.byteCount)
        guard line.wideNumber == 0 else { return self.primes(ofWide: line, Int(place)) }
        return (line.primesBefore &+ line.primes(before: Int(place)), line.count(at: Int(place)))
    }

    private func primes(ofWide line: CheckpointLine, _ place: Int) -> (before: Int, count: Int) {
        let sums = unsafe self.wideLines + (line.wideNumber - 1) * CheckpointFile.wideLineBytes
        let (before, end) = unsafe (Self.word(place, of: sums), Self.word(place + 1, of: sums))
        return (line.primesBefore + Int(before), Int(end - before))
    }

    @inline(__always)
    private static func word(_ index: Int, of words: UnsafeRawPointer) -> UInt32 {
        unsafe UInt32(littleEndian: words.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self))
    }

    // MARK: - Look-ups

    /// An estimated position on the number line.
    struct Estimate {
        /// In units of 2^−10 of a block, from 0.
        fileprivate var position: UInt32

        /// The number of the right block or of a neighbour.
        var block: Int { Int(self.position >> CheckpointFile.fractionBits) }
        /// The position in the bitmap of the number line, accurate to a few lines.
        var byteOffset: Int { Int(self.position) &* Block.bitmapBytes &>> Int(CheckpointFile.fractionBits) }
    }

    /// Estimates where the M-th prime is, on the straight line between two known primes.
    ///
    /// The points take 256 KB, few enough for the L2 cache.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The estimated position.
    @inline(__always)
    func estimate(_ ordinal: UInt32) -> Estimate {
        let point = Int((ordinal &- 1) >> CheckpointFile.pointShift)
        let onLine = UInt64((ordinal &- 1) & (1 << CheckpointFile.pointShift - 1))
        let start = unsafe Self.word(point, of: self.points)
        let slope = unsafe UInt64(Self.word(point &+ 1, of: self.points) &- start)
        return Estimate(position: start &+ UInt32((slope &* onLine) &>> UInt64(CheckpointFile.pointShift)))
    }

    /// Finds the block that holds the M-th prime.
    ///
    /// - Parameters:
    ///   - ordinal: M, from 1.
    ///   - estimate: The estimate for M.
    /// - Returns: The block, and the prime's place in it.
    /// - Complexity: O(1).
    @inline(__always)
    func locate(_ ordinal: UInt32, near estimate: Estimate) -> Location {
        var block = estimate.block
        while true {
            let (before, count) = self.primes(of: block)
            let rank = Int(ordinal) &- before
            if rank <= 0 {
                block &-= 1
            } else if rank > count {
                block &+= 1
            } else {
                return Location(block: block, rank: rank, count: count)
            }
        }
    }
}
