/// A line of the wheel's bitmap: 64 bytes, the size of a cache line, which stand for 1,920 numbers.
@unsafe struct BitmapLine {
    static let byteCount = 64
    /// How many numbers it covers.
    static let numbers = byteCount * Wheel.circumference

    private let bytes: UnsafeRawPointer

    /// Makes a view of a line, valid while its 64 bytes are.
    @inline(__always)
    init(at bytes: UnsafeRawPointer) {
        unsafe self.bytes = unsafe bytes
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Returns the number that a set bit stands for, relative to the first number of the line.
    ///
    /// Words are little-endian, as on x86-64 and arm64. No branch depends on the data, because at random places each
    /// branch would be mispredicted half the time.
    /// Source: S. Vigna, "Broadword Implementation of Rank/Select Queries" (2008), algorithm 2.
    ///
    /// - Parameter rank: The bit's place among the line's set bits, from 1 to their count.
    /// - Returns: A number from 1 to 1,919.
    @inline(__always)
    func number(at rank: Int) -> Int {
        var before = UInt64(truncatingIfNeeded: rank &- 1)
        // For each word, the running sums of set bits over its bytes, from the lowest up; the last sum is the word's.
        var sums = InlineArray<8, UInt64>(repeating: 0)
        var index = 0
        var total: UInt64 = 0
        var beforeWord: UInt64 = 0
        for pair in 0..<4 {
            let counts = unsafe Self.countsOfBytes(self.pair(pair))
            for half in 0..<2 {
                let sum = unsafe counts[half] &* Self.ones
                sums[2 &* pair &+ half] = sum
                total &+= sum &>> 56
                let isBefore = total <= before
                index &+= isBefore ? 1 : 0
                beforeWord = isBefore ? total : beforeWord
            }
        }
        before &-= beforeWord
        let sum = sums[index & 7]
        let byte = unsafe Self.count(ofBytesIn: sum, upTo: before)
        before &-= (sum &<< 8) &>> (8 &* UInt64(byte)) & 0xFF
        // Spreads the bits of the byte over eight bytes, and sums them up.
        let bits = unsafe (self.word(index) &>> (8 &* UInt64(byte)) & 0xFF) &* Self.ones & 0x8040_2010_0804_0201
        let spread = unsafe ((bits &+ (Self.highs &- Self.ones)) | bits) &>> 7 & Self.ones
        let bit = unsafe Self.count(ofBytesIn: spread &* Self.ones, upTo: before)
        return (8 &* index &+ byte) &* Wheel.circumference &+ Wheel.residue(ofBit: bit)
    }

    @inline(__always)
    private func word(_ index: Int) -> UInt64 {
        unsafe self.bytes.load(fromByteOffset: 8 &* index, as: UInt64.self)
    }

    @inline(__always)
    private func pair(_ index: Int) -> SIMD2<UInt64> {
        unsafe self.bytes.load(fromByteOffset: 16 &* index, as: SIMD2<UInt64>.self)
    }

    /// Returns how many bits are set in each byte of two words.
    @inline(__always)
    private static func countsOfBytes(_ words: SIMD2<UInt64>) -> SIMD2<UInt64> {
        let two = SIMD2<UInt64>(repeating: 0x3333_3333_3333_3333)
        var counts = words &- (words &>> 1 & SIMD2(repeating: 0x5555_5555_5555_5555))
        counts = (counts & two) &+ (counts &>> 2 & two)
        return (counts &+ counts &>> 4) & SIMD2(repeating: 0x0F0F_0F0F_0F0F_0F0F)
    }

    /// Returns how many of eight bytes are at most `value`; all are below 128.
    @inline(__always)
    private static func count(ofBytesIn bytes: UInt64, upTo value: UInt64) -> Int {
        let isUpTo = unsafe ((value &* ones | highs) &- bytes) & highs
        return unsafe Int(truncatingIfNeeded: (isUpTo &>> 7 &* ones) &>> 56)
    }
}
