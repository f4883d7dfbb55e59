/// Knows how many primes lie before each block of the number line, and so which block holds the M-th prime.
///
/// All of that is embedded, and used as it lies there (``CheckpointFile``): a ``CheckpointLine`` tells how many primes lie
/// before it, and how many each of its 56 blocks holds. Which block M is in, is estimated: primes are spread so evenly that
/// a straight line between two known points, 65,536 primes apart, leads to the right block most often, and next to it
/// otherwise. So a look-up waits for memory once.
@safe struct CheckpointTable: Sendable {
    /// Where a prime stands: in which block, and at which place among its primes.
    struct Location: Equatable {
        /// The block's number.
        var block: Int
        /// The place of the prime among those of its block, from 1.
        var rank: Int
        /// How many primes the block holds; the last block's are counted up to the last M.
        var count: Int
    }

    // Sendable although pointers: nobody writes to what they point to. The layout, for which whoever makes the table
    // answers, says how much of each there is; M and blocks of the number line lead to no place beyond.
    private nonisolated(unsafe) let lines: UnsafeRawPointer
    private nonisolated(unsafe) let points: UnsafeRawPointer
    private nonisolated(unsafe) let wideLines: UnsafeRawPointer

    /// Takes a table for as long as it lies at an address.
    ///
    /// - Parameters:
    ///   - bytes: Where the file begins.
    ///   - layout: The file's own.
    @unsafe init(at bytes: UnsafeRawPointer, _ layout: CheckpointFile.Layout) {
        unsafe self.lines = bytes + layout.linesOffset
        unsafe self.points = bytes + layout.pointsOffset
        unsafe self.wideLines = bytes + layout.wideLinesOffset
    }

    // MARK: - Blocks

    /// How many primes lie before a block, but the last M from the end on.
    func primes(before block: Int) -> UInt32 {
        block < Block.count ? UInt32(self.primes(of: block).before) : .max
    }

    /// How many primes lie before a block, and how many it holds.
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

    /// Where on the number line a prime is, more or less.
    struct Estimate {
        /// In units of 2^−10 of a block, from 0.
        fileprivate var position: UInt32

        /// The block's number, or that of a neighbour.
        var block: Int { Int(self.position >> CheckpointFile.fractionBits) }
        /// In the bitmap of the number line, to within some lines.
        var byteOffset: Int { Int(self.position) &* Block.bitmapBytes &>> Int(CheckpointFile.fractionBits) }
    }

    /// Estimates where the M-th prime is, without a wait for memory.
    ///
    /// - Parameter ordinal: M, from 1.
    /// - Returns: The position on a straight line between two known primes.
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
    ///   - estimate: Where it most likely is.
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
