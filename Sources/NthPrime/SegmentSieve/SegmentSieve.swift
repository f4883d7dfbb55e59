/// A thread's sieve, which writes the bitmaps of runs of blocks in place.
///
/// Byte i of the number line stands for 30 * i + {1, 7, 11, 13, 17, 19, 23, 29} in bits 0 ... 7. A set bit stands for a
/// prime. The primes 2, 3 and 5 have no bit.
///
/// A sieving prime strikes whole turns of the wheel (``Striker``): a turn that starts in a segment continues into the next
/// segments. So there is no wheel position to keep, and the hot loop has one entry. Turns are cut only at the ends of the
/// run.
struct SegmentSieve {
    /// Bytes of a segment of the small sieving primes.
    ///
    /// The L1 cache also holds the turns that continue past the segment. Measured on Zen 4 (32 KB of L1): 20 to 32 KB are
    /// equal, 16 KB is 7 % slower, 8 KB 20 %.
    private static let l1SegmentSize = 24 * 1024
    /// Bytes of a segment of the large sieving primes.
    ///
    /// The L2 cache also holds what their turns reach past the segment (as many bytes as the largest prime), the patterns,
    /// and the primes' state. With a smaller segment, more loop exits are mispredicted for each strike. Measured on Zen 4
    /// (1 MB of L2): 256 to 640 KB are equal within 2 %, 192 KB is 5 to 10 % slower.
    private static let l2SegmentSize = 384 * 1024

    /// Blocks in a run: 4 MB of bitmap, about 20 ms.
    ///
    /// The start of a run costs 0.3 ms, as much as 80 KB of bitmap.
    static let blocksPerRun = 4096

    private let primes = SegmentPrimes.shared
    /// For each sieving prime, the byte of the run where its next turn starts.
    private var turns = [Int32](repeating: 0, count: SegmentPrimes.shared.quotients.count)

    /// Writes the bitmap of a run, and the directory of each of its blocks.
    ///
    /// Any run may follow any other, even one that ended early.
    ///
    /// - Parameters:
    ///   - bitmap: The memory of the run: a whole number of blocks.
    ///   - firstByte: The position of the run on the number line, in bytes.
    ///   - directories: A place for each block.
    ///   - isWanted: Asked before each L2 segment, about every 2 ms of CPU time; `false` ends the run early.
    /// - Returns: Whether the whole run is sieved.
    mutating func sieve(
        _ bitmap: UnsafeMutableRawBufferPointer,
        firstByte: Int,
        directories: UnsafeMutableBufferPointer<RankDirectory>,
        while isWanted: () -> Bool
    ) -> Bool {
        let count = bitmap.count
        guard let bytes = bitmap.baseAddress else { return true }
        precondition(directories.count >= count / Block.bitmapBytes)
        precondition(firstByte >= 0 && count % Block.bitmapBytes == 0 && count <= Int32.max)
        precondition((firstByte + count) * Wheel.circumference <= Block.sievingLimit * Block.sievingLimit)

        self.enterRun(firstByte: firstByte, count: count)
        var preSieved = 0
        for start in stride(from: 0, to: count, by: Self.l2SegmentSize) {
            guard isWanted() else { return false }
            let end = min(start + Self.l2SegmentSize, count)
            let reach = (end + Block.sievingLimit + PreSieve.unit) / PreSieve.unit * PreSieve.unit
            let ahead = unsafe UnsafeMutableRawBufferPointer(rebasing: bitmap[preSieved..<min(reach, count)])
            unsafe self.primes.preSieve.fill(ahead, firstByte: firstByte + preSieved)
            preSieved += ahead.count
            unsafe self.strike(self.primes.large, bitmap, upTo: end)
            for start in stride(from: start, to: end, by: Self.l1SegmentSize) {
                let end = min(start + Self.l1SegmentSize, end)
                unsafe self.strike(self.primes.small, bitmap, upTo: end)
                for block in stride(from: start, to: end, by: Block.bitmapBytes) {
                    let directory = unsafe RankDirectory(ofBlockAt: bytes + block)
                    unsafe directories[block / Block.bitmapBytes] = directory
                }
            }
        }
        return true
    }

    /// Finds the first turn of each sieving prime in the run.
    private mutating func enterRun(firstByte: Int, count: Int) {
        for group in self.primes.small + self.primes.large {
            for index in group.range {
                let quotient = Int(self.primes.quotients[index])
                let prime = quotient * Wheel.circumference + group.residue
                // Multiples before the square, which is in turn `quotient`, have a smaller factor.
                let squareTurn = prime * quotient - firstByte
                self.turns[index] = Int32(squareTurn >= 0 ? min(squareTurn, count) : -(firstByte % prime))
            }
        }
    }

    private mutating func strike(
        _ groups: [SegmentPrimes.Group],
        _ bitmap: UnsafeMutableRawBufferPointer,
        upTo end: Int
    ) {
        guard let bytes = unsafe bitmap.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        let (quotients, count) = (self.primes.quotients, bitmap.count)
        unsafe self.turns.withUnsafeMutableBufferPointer { turns in
            unsafe quotients.withUnsafeBufferPointer { quotients in
                guard let turns = turns.baseAddress, let quotients = quotients.baseAddress else { return }
                func strike<let residue: Int>(_ type: Striker<residue>.Type, _ primes: Range<Int>) {
                    let striker = unsafe Striker<residue>(
                        bitmap: bytes,
                        count: count,
                        quotients: quotients,
                        turns: turns
                    )
                    unsafe striker.strike(primes, upTo: end)
                }
                for group in groups {
                    switch group.residue {
                    case 1: unsafe strike(Striker<1>.self, group.range)
                    case 7: unsafe strike(Striker<7>.self, group.range)
                    case 11: unsafe strike(Striker<11>.self, group.range)
                    case 13: unsafe strike(Striker<13>.self, group.range)
                    case 17: unsafe strike(Striker<17>.self, group.range)
                    case 19: unsafe strike(Striker<19>.self, group.range)
                    case 23: unsafe strike(Striker<23>.self, group.range)
                    default: unsafe strike(Striker<29>.self, group.range)
                    }
                }
            }
        }
    }
}
