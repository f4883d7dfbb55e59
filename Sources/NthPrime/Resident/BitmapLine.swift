/// A line of the wheel's bitmap: 64 bytes, as many as a cache line, which stand for 1,920 numbers.
@unsafe struct BitmapLine {
    static let byteCount = 64
    /// How much of the number line it covers.
    static let numbers = byteCount * Wheel.circumference

    private let bytes: UnsafeRawPointer

    /// Names a line.
    @inline(__always)
    init(at bytes: UnsafeRawPointer) {
        unsafe self.bytes = unsafe bytes
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Finds a set bit, and tells which number it stands for, counted from the line's first.
    ///
    /// No branch depends on the data: at random places, each would be mispredicted half the time.
    /// Source: S. Vigna, "Broadword Implementation of Rank/Select Queries" (2008), algorithm 2.
    ///
    /// - Parameter rank: The bit's place among the line's set bits, from 1 to their count.
    /// - Returns: A number from 1 to 1,919.
    @inline(__always)
    func number(at rank: Int) -> Int {
        var before = UInt64(truncatingIfNeeded: rank &- 1)
        // For each word, the sums of set bits over its bytes from the lowest up, side by side; the last is the word's.
        var sums = InlineArray<8, UInt64>(repeating: 0)
        var index = 0
        var total: UInt64 = 0
        var beforeWord: UInt64 = 0
        for word in 0..<8 {
            let sum = unsafe Self.byteSums(self.word(word))
            sums[word] = sum
            total &+= sum &>> 56
            let isBefore = total <= before
            index &+= isBefore ? 1 : 0
            beforeWord = isBefore ? total : beforeWord
        }
        before &-= beforeWord
        let sum = sums[index & 7]
        let byte = unsafe Self.count(ofBytesIn: sum, upTo: before)
        before &-= (sum &<< 8) &>> (8 &* UInt64(byte)) & 0xFF
        // The byte's bits, each in a byte of its own, and their sums.
        let bits = unsafe (self.word(index) &>> (8 &* UInt64(byte)) & 0xFF) &* Self.ones & 0x8040_2010_0804_0201
        let spread = unsafe ((bits &+ (Self.highs &- Self.ones)) | bits) &>> 7 & Self.ones
        let bit = unsafe Self.count(ofBytesIn: spread &* Self.ones, upTo: before)
        return (8 &* index &+ byte) &* Wheel.circumference &+ Wheel.residue(ofBit: bit)
    }

    @inline(__always)
    private func word(_ index: Int) -> UInt64 {
        unsafe self.bytes.load(fromByteOffset: 8 &* index, as: UInt64.self).littleEndian
    }

    @inline(__always)
    private static func byteSums(_ word: UInt64) -> UInt64 {
        var sums = word &- (word &>> 1 & 0x5555_5555_5555_5555)
        sums = (sums & 0x3333_3333_3333_3333) &+ (sums &>> 2 & 0x3333_3333_3333_3333)
        return unsafe ((sums &+ sums &>> 4) & 0x0F0F_0F0F_0F0F_0F0F) &* ones
    }

    /// How many of eight bytes, each below 128, are at most `value`, which is below 128 too.
    @inline(__always)
    private static func count(ofBytesIn bytes: UInt64, upTo value: UInt64) -> Int {
        let isUpTo = unsafe ((value &* ones | highs) &- bytes) & highs
        return unsafe Int(truncatingIfNeeded: (isUpTo &>> 7 &* ones) &>> 56)
    }
}
