/// The file format of the checkpoint table, which tells how many primes each block of the number line holds.
///
/// `make table` writes the file once. ``CheckpointTable`` reads it in place. All words are little-endian.
///
/// | bytes | what |
/// |---|---|
/// | 0 ..< 8 | the letters `NTHPRIME` |
/// | 8 ..< 12 | version of this format: 2 |
/// | 12 ..< 16 | numbers in a block |
/// | 16 ..< 20 | number of blocks |
/// | 20 ..< 24 | number of points |
/// | 24 ..< 32 | checksum of all other bytes |
/// | 32 ..< 36 | number of wide lines |
/// | 36 ..< 64 | zero |
/// | then 64 bytes for 56 blocks | a ``CheckpointLine`` |
/// | then 4 bytes a point | position of the M-th prime, M = i · 2^16 + 1, in units of 2^−10 of a block; and the end |
/// | then 228 bytes a wide line | how many primes of the line lie before each of its blocks, and before its end |
///
/// A line is wide if the counts of its blocks differ by more than a byte holds. The first line is wide, because the
/// primes thin out fast there. Zero bytes fill up the last line, and the file to a multiple of 8.
package struct CheckpointFile: Equatable {
    /// The reason why bytes are not a file that this version reads.
    enum Failure: Error, Equatable {
        case notACheckpointFile
        case unknownVersion(UInt32)
        case wrongLength(byteCount: Int, expected: Int)
        case damaged(checksum: UInt64, expected: UInt64)
        case otherBlocks(count: Int, length: Int)
    }

    /// The length of a block on the number line.
    var numbersPerBlock: Int
    /// How many primes each block holds; at most 2^32 − 1 in total.
    var counts: [UInt16]

    /// Makes a file of the counts of all blocks.
    package init(numbersPerBlock: Int, counts: [UInt16]) {
        self.numbersPerBlock = numbersPerBlock
        self.counts = counts
    }

    private static let magic = Array("NTHPRIME".utf8)
    private static let version: UInt32 = 2
    private static let headerBytes = 64
    private static let checksumOffset = 24
    /// A wide line has a sum for each of its blocks, and for its end.
    static let wideLineBytes = 4 * (CheckpointLine.blockCount + 1)
    /// Two points are 2^16 primes apart.
    static let pointShift: UInt32 = 16
    /// The unit of a point is 2^−10 of a block.
    static let fractionBits: UInt32 = 10
}

// MARK: - Reading

extension CheckpointFile {
    /// The contents of a file's header, and the offsets of the other parts.
    struct Layout {
        let numbersPerBlock: Int
        let blockCount: Int
        let linesOffset = headerBytes
        let pointsOffset: Int
        let wideLinesOffset: Int

        /// Reads the header, and checks the length and the checksum of the file.
        init(of bytes: RawSpan) throws(Failure) {
            guard bytes.byteCount >= headerBytes, magic.indices.allSatisfy({ bytes[byte: $0] == magic[$0] })
            else { throw .notACheckpointFile }
            guard bytes[word: 8] == version else { throw .unknownVersion(bytes[word: 8]) }
            self.numbersPerBlock = Int(bytes[word: 12])
            self.blockCount = Int(bytes[word: 16])
            let lineCount = (self.blockCount + CheckpointLine.blockCount - 1) / CheckpointLine.blockCount
            self.pointsOffset = self.linesOffset + lineCount * CheckpointLine.byteCount
            self.wideLinesOffset = self.pointsOffset + 4 * Int(bytes[word: 20])
            let end = self.wideLinesOffset + Int(bytes[word: 32]) * wideLineBytes
            guard bytes.byteCount == (end + 7) / 8 * 8 else {
                throw .wrongLength(byteCount: bytes.byteCount, expected: (end + 7) / 8 * 8)
            }
            let expected = bytes[doubleWord: checksumOffset]
            let checksum = CheckpointFile.checksum(of: bytes)
            guard checksum == expected else { throw .damaged(checksum: checksum, expected: expected) }
        }
    }

    /// Returns the checksum of all 8-byte words except its own: FNV-1a's step, on words instead of bytes.
    ///
    /// Each step is a bijection of the sum so far, so it detects every change within one word.
    /// Source: Fowler, Noll, Vo, Eastlake, "The FNV Non-Cryptographic Hash Algorithm" (RFC 9923).
    private static func checksum(of bytes: RawSpan) -> UInt64 {
        var sum: UInt64 = 0xcbf2_9ce4_8422_2325
        for offset in stride(from: 0, to: bytes.byteCount, by: 8) where offset != self.checksumOffset {
            sum = (sum ^ bytes[doubleWord: offset]) &* 0x0000_0100_0000_01b3
        }
        return sum
    }
}

// MARK: - Writing

extension CheckpointFile {
    /// Returns the bytes of the file.
    package func encoded() -> [UInt8] {
        var (lines, points, wideLines): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
        var total = 0
        var nextPoint = 0
        for first in stride(from: 0, to: self.counts.count, by: CheckpointLine.blockCount) {
            let counts = self.counts[first..<min(first + CheckpointLine.blockCount, self.counts.count)].map { Int($0) }
            let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
            let isWide = most - least > UInt8.max
            let extras = isWide ? [] : counts.map { UInt8($0 - least) }
            lines += extras + Array(repeating: 0, count: CheckpointLine.blockCount - extras.count)
            lines.append(littleEndian: UInt32(total))
            lines.append(littleEndian: UInt16(least))
            lines.append(littleEndian: UInt16(isWide ? wideLines.count / Self.wideLineBytes + 1 : 0))
            var sums = [0]
            for (place, count) in counts.enumerated() {
                while nextPoint < total + count {
                    let fraction = (nextPoint - total) << Self.fractionBits / count
                    points.append(littleEndian: UInt32((first + place) << Self.fractionBits + fraction))
                    nextPoint += 1 << Self.pointShift
                }
                total += count
                sums.append((sums.last ?? 0) + count)
            }
            guard isWide else { continue }
            sums += Array(repeating: sums.last ?? 0, count: CheckpointLine.blockCount - counts.count)
            for sum in sums { wideLines.append(littleEndian: UInt32(sum)) }
        }
        points.append(littleEndian: UInt32(self.counts.count << Self.fractionBits))

        var file = Self.magic
        file.append(littleEndian: Self.version)
        file.append(littleEndian: UInt32(self.numbersPerBlock))
        file.append(littleEndian: UInt32(self.counts.count))
        file.append(littleEndian: UInt32(points.count / 4))
        file.append(littleEndian: UInt64(0))
        file.append(littleEndian: UInt32(wideLines.count / Self.wideLineBytes))
        file += Array(repeating: 0, count: Self.headerBytes - file.count)
        file += lines + points + wideLines
        file += Array(repeating: 0, count: (8 - file.count % 8) % 8)
        var checksum: [UInt8] = []
        checksum.append(littleEndian: Self.checksum(of: unsafe file.span.bytes))
        file.replaceSubrange(Self.checksumOffset..<Self.checksumOffset + 8, with: checksum)
        return file
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            self.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}

extension RawSpan {
    // Safe, all three: the span checks its bounds, and every bit pattern is an integer.
    fileprivate subscript(byte offset: Int) -> UInt8 { unsafe self.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
    fileprivate subscript(word offset: Int) -> UInt32 {
        UInt32(littleEndian: unsafe self.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    fileprivate subscript(doubleWord offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe self.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
