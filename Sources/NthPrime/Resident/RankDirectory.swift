/// Counts of the set bits of a block of the bitmap, so that a rank costs the popcount of one line.
struct RankDirectory {
    static let lineSize = 64

    /// The number of set bits in each line and all before it; the last is the whole block's.
    private var counts = InlineArray<16, UInt16>(repeating: 0)

    /// A directory of nothing.
    init() {}

    /// How many primes the block holds, given its number.
    func primeCount(inBlock block: Int) -> UInt16 {
        // 2, 3 and 5 have no bit.
        self.counts[15] + (block == 0 ? 3 : 0)
    }

    /// Counts the bits of a block.
    ///
    /// Plain x86-64 has no popcnt instruction, so the bits are added up in SSE2 registers.
    @inline(__always)
    init(ofBlockAt block: UnsafeRawPointer) {
        var total: UInt16 = 0
        for line in self.counts.indices {
            total &+= unsafe Self.popcount(ofLineAt: block + line * Self.lineSize)
            self.counts[line] = total
        }
    }

    /// Finds a set bit.
    ///
    /// - Parameters:
    ///   - rank: Its place among the block's set bits, from 1 to their count.
    ///   - directory: Where the block's directory lies.
    /// - Returns: The line, and the bit's place in it, from 1.
    @inline(__always)
    static func find(_ rank: Int, in directory: UnsafePointer<RankDirectory>) -> (line: Int, rank: Int) {
        let value = Int16(truncatingIfNeeded: rank)
        let lower = unsafe UnsafeRawPointer(directory).loadUnaligned(as: SIMD8<Int16>.self)
        let upper = unsafe UnsafeRawPointer(directory).loadUnaligned(fromByteOffset: 16, as: SIMD8<Int16>.self)
        let line = lower.count(below: value) &+ upper.count(below: value)
        let before = line > 0 ? unsafe Int(directory.pointee.counts[unchecked: line &- 1]) : 0
        return (line, rank &- before)
    }

    private typealias Vector = SIMD2<UInt64>

    @inline(__always)
    private static func popcount(ofLineAt line: UnsafeRawPointer) -> UInt16 {
        let left = unsafe Self.countsOfNibbles(line) &+ Self.countsOfNibbles(line + 16)  // at most 8 in each nibble
        let right = unsafe Self.countsOfNibbles(line + 32) &+ Self.countsOfNibbles(line + 48)
        let low = Vector(repeating: 0x0f0f_0f0f_0f0f_0f0f)
        let bytes = (left & low) &+ (left &>> 4 & low) &+ (right & low) &+ (right &>> 4 & low)  // at most 32 in each
        let sums = bytes.x &+ bytes.y
        let pairs = (sums & 0x00ff_00ff_00ff_00ff) &+ (sums &>> 8 & 0x00ff_00ff_00ff_00ff)
        return UInt16(truncatingIfNeeded: (pairs &* 0x0001_0001_0001_0001) &>> 48)
    }

    @inline(__always)
    private static func countsOfNibbles(_ bytes: UnsafeRawPointer) -> Vector {
        var counts = unsafe bytes.loadUnaligned(as: Vector.self)
        counts = counts &- (counts &>> 1 & Vector(repeating: 0x5555_5555_5555_5555))
        let two = Vector(repeating: 0x3333_3333_3333_3333)
        return (counts & two) &+ (counts &>> 2 & two)
    }
}
