/// Counts of the set bits of a block of the bitmap, so that a rank costs the popcount of one line.
struct RankDirectory {
    static let blockSize = 1024
    static let lineSize = 64

    /// The number of set bits in lines 0 ... i of the block; the last is the whole block's.
    var counts = InlineArray<16, UInt16>(repeating: 0)

    /// Plain x86-64 has no popcnt instruction, so the bits are added up in SSE2 registers.
    @inline(__always)
    init(ofBlockAt block: UnsafeRawPointer) {
        var total: UInt16 = 0
        for line in counts.indices {
            total &+= unsafe Self.popcount(ofLineAt: block + line * Self.lineSize)
            counts[line] = total
        }
    }

    private typealias Vector = SIMD2<UInt64>

    @inline(__always)
    private static func popcount(ofLineAt line: UnsafeRawPointer) -> UInt16 {
        let left = unsafe countsOfNibbles(line) &+ countsOfNibbles(line + 16) // at most 8 in each nibble
        let right = unsafe countsOfNibbles(line + 32) &+ countsOfNibbles(line + 48)
        let low = Vector(repeating: 0x0f0f_0f0f_0f0f_0f0f)
        let bytes = (left & low) &+ (left &>> 4 & low) &+ (right & low) &+ (right &>> 4 & low) // at most 32 in each
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
