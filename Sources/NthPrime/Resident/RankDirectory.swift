/// The counts of set bits before each line of a block's bitmap, which tell the line that holds a prime.
struct RankDirectory {
    private typealias Counts = InlineArray<16, UInt16>

    /// The number of set bits before each line.
    private var counts = Counts(repeating: 0)

    /// Makes a directory of an empty block.
    init() {}

    /// Returns how many bits of the block are set.
    func total(ofBlockAt block: UnsafeRawPointer) -> UInt16 {
        let last = Counts.count - 1
        return unsafe self.counts[last] + Self.popcount(ofLineAt: block + last * BitmapLine.byteCount)
    }

    /// Counts the bits of a block.
    ///
    /// It adds up the bits in vectors, because plain x86-64 has no popcnt instruction.
    @inline(__always)
    init(ofBlockAt block: UnsafeRawPointer) {
        var total: UInt16 = 0
        for line in self.counts.indices {
            self.counts[line] = total
            total &+= unsafe Self.popcount(ofLineAt: block + line * BitmapLine.byteCount)
        }
    }

    /// Finds the line that holds a set bit.
    ///
    /// - Parameters:
    ///   - rank: The bit's place among the block's set bits, from 1 to their count.
    ///   - directory: The address of the block's directory.
    /// - Returns: The line's number in the block, from 0, and the bit's place in the line, from 1.
    @inline(__always)
    static func find(_ rank: Int, in directory: UnsafePointer<RankDirectory>) -> (line: Int, rank: Int) {
        let value = Int16(truncatingIfNeeded: rank)
        let lower = unsafe UnsafeRawPointer(directory).loadUnaligned(as: SIMD8<Int16>.self)
        let upper = unsafe UnsafeRawPointer(directory).loadUnaligned(fromByteOffset: 16, as: SIMD8<Int16>.self)
        // No bit lies before the first line, so at least one count is below.
        let line = lower.count(below: value) &+ upper.count(below: value) &- 1
        return unsafe (line, rank &- Int(directory.pointee.counts[unchecked: line]))
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

private let ones: UInt64 = 0x0001_0001_0001_0001

// As a static function of `RankDirectory` this makes batches four times slower (Swift 6.3.1, `make bench`).
extension SIMD8<Int16> {
    /// Returns the number of lanes below a value.
    ///
    /// Signed numbers, because plain x86-64 compares these in one instruction (PCMPGTW). A lane that is below becomes −1, of
    /// which one bit is kept; the multiplication adds up four lanes.
    @inline(__always)
    fileprivate func count(below value: Int16) -> Int {
        let isBelow = unsafe unsafeBitCast(self .< SIMD8(repeating: value), to: SIMD2<UInt64>.self)
        return Int(truncatingIfNeeded: ((isBelow.x & ones &+ isBelow.y & ones) &* ones) &>> 48)
    }
}
