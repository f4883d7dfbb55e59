/// A line of the checkpoint table, which covers 56 blocks in 64 bytes, the size of a cache line.
///
/// All words are little-endian.
///
/// | bytes | what |
/// |---|---|
/// | 0 ..< 56 | each block's count of primes, minus the least of these counts |
/// | 56 ..< 60 | how many primes lie before the line |
/// | 60 ..< 62 | the least of the counts |
/// | 62 ..< 64 | 0, or the number of its wide line, from 1 |
@safe struct CheckpointLine {
    static let blockCount = 56
    static let byteCount = 64

    // Safe: all loads lie within the 64 bytes, because places are below 56. The caller of `init` guarantees the bytes.
    private let bytes: UnsafeRawPointer

    /// Makes a view of a line, valid while its 64 bytes are.
    @unsafe init(at bytes: UnsafeRawPointer) {
        unsafe self.bytes = bytes
    }

    /// How many primes lie before the line.
    var primesBefore: Int {
        unsafe Int(UInt32(littleEndian: self.bytes.loadUnaligned(fromByteOffset: 56, as: UInt32.self)))
    }

    /// The number of its wide line, from 1; 0 if it needs none.
    var wideNumber: Int { Int(self.half(at: 62)) }

    /// Returns how many primes of the line lie before one of its blocks.
    @inline(__always)
    func primes(before place: Int) -> Int {
        let places = Vector(repeating: UInt64(truncatingIfNeeded: place) &* 0x0101_0101_0101_0101)
        let pairs = self.pairs(0, places) &+ self.pairs(16, places) &+ self.pairs(32, places) &+ self.pairs(48, places)
        let beyondLeast = ((pairs.x &+ pairs.y) &* 0x0001_0001_0001_0001) &>> 48
        return Int(truncatingIfNeeded: beyondLeast) &+ place &* Int(self.half(at: 60))
    }

    private typealias Vector = SIMD2<UInt64>

    /// Adds up pairs of 16 bytes, and ignores the bytes from a place on.
    ///
    /// It uses arithmetic only, because Swift compiles a comparison of vectors of bytes to a loop.
    @inline(__always)
    private func pairs(_ offset: UInt64, _ places: Vector) -> Vector {
        // Each byte's own place, and a bit above it: a borrow clears the bit if the byte lies before `places`.
        let own =
            Vector(0x8786_8584_8382_8180, 0x8f8e_8d8c_8b8a_8988) &+ Vector(repeating: offset &* 0x0101_0101_0101_0101)
        let before = ~(own &- places) & Vector(repeating: 0x8080_8080_8080_8080)
        let mask = (before &<< 1) &- (before &>> 7)
        let bytes = unsafe self.bytes.loadUnaligned(fromByteOffset: Int(offset), as: Vector.self) & mask
        let low = Vector(repeating: 0x00ff_00ff_00ff_00ff)
        return (bytes & low) &+ (bytes &>> 8 & low)
    }

    /// Returns how many primes a block of the line holds, if the line is not wide.
    @inline(__always)
    func count(at place: Int) -> Int {
        unsafe Int(self.half(at: 60)) &+ Int(self.bytes.load(fromByteOffset: place, as: UInt8.self))
    }

    private func half(at offset: Int) -> UInt16 {
        unsafe UInt16(littleEndian: self.bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
}
