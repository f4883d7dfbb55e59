internal import CheckpointData

/// The embedded form of the checkpoint table: how many primes each block of the number line holds.
///
/// One byte a block: how far its count is from the average of its group of 64 blocks. All words are little-endian.
///
/// | bytes | what |
/// |---|---|
/// | 0 ..< 8 | the letters `NTHPRIME` |
/// | 8 ..< 12 | version of this format: 1 |
/// | 12 ..< 16 | numbers in a block |
/// | 16 ..< 20 | number of blocks |
/// | 20 ..< 24 | number of exceptions |
/// | 24 ..< 32 | checksum of all other bytes |
/// | then 4 bytes a group of 64 blocks | how many primes the group holds |
/// | then 8 bytes an exception | number of a block, and its count |
/// | then 1 byte a block | its count, less the group's divided by its blocks; -128 where the exceptions tell |
///
/// Exceptions serve the first blocks, where the primes thin out too fast for one average, and outliers elsewhere.
/// Zero bytes fill the file up to a multiple of 8.
package struct CheckpointFile: Equatable {
    /// Why bytes are no such file.
    package enum Failure: Error, Equatable {
        case notACheckpointFile
        case unknownVersion(UInt32)
        case wrongLength(byteCount: Int, expected: Int)
        case damaged(checksum: UInt64, expected: UInt64)
        case otherBlocks(count: Int, length: Int)
    }

    /// The length of a block on the number line.
    package var numbersPerBlock: Int
    /// How many primes each block holds.
    package var counts: [UInt16]

    /// Names the counts of all blocks, to be written.
    package init(numbersPerBlock: Int, counts: [UInt16]) {
        self.numbersPerBlock = numbersPerBlock
        self.counts = counts
    }

    private static let magic = Array("NTHPRIME".utf8)
    private static let version: UInt32 = 1
    private static let headerBytes = 32
    private static let checksumOffset = 24
    private static let blocksPerGroup = 64
    private static let exceptionMark = Int8.min
}

// MARK: - Reading

extension CheckpointFile {
    /// Reads the file that is embedded in this module.
    ///
    /// - Throws: ``Failure`` if the embedded bytes are damaged.
    package static func embedded() throws(Failure) -> CheckpointFile {
        try Self.withEmbeddedBytes { (bytes) throws(Failure) in try CheckpointFile(bytes: bytes) }
    }

    /// Reads a file that is not embedded; see ``init(bytes:)-(RawSpan)``.
    package init(bytes: [UInt8]) throws(Failure) {
        try unsafe self.init(bytes: bytes.span.bytes)
    }

    /// Reads a file, all of it, and checks its checksum.
    ///
    /// - Throws: ``Failure`` if the bytes are of another kind or version, too few, or damaged.
    /// - Complexity: O(n) for n blocks; about a nanosecond each.
    package init(bytes: RawSpan) throws(Failure) {
        let layout = try Layout(of: bytes)
        self.numbersPerBlock = layout.numbersPerBlock
        self.counts = []
        self.counts.reserveCapacity(layout.blockCount)
        layout.forEachCount(in: bytes) { self.counts.append($0) }
    }

    /// Lends the file that is embedded in this module.
    static func withEmbeddedBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Safe: the C module gives its array's true length, and nobody writes to it.
        let bytes = unsafe UnsafeRawBufferPointer(start: checkpoint_data, count: checkpoint_data_count)
        return try body(unsafe RawSpan(_unsafeBytes: bytes))
    }

    /// What a file's header says, and where in the file the rest is.
    struct Layout {
        let numbersPerBlock: Int
        let blockCount: Int
        private let exceptionCount: Int

        private var groupCount: Int { (self.blockCount + blocksPerGroup - 1) / blocksPerGroup }
        private var exceptionsOffset: Int { headerBytes + 4 * self.groupCount }
        private var residualsOffset: Int { self.exceptionsOffset + 8 * self.exceptionCount }

        /// Reads the header, and checks the checksum of all.
        init(of bytes: RawSpan) throws(Failure) {
            guard bytes.byteCount >= headerBytes, magic.indices.allSatisfy({ bytes[byte: $0] == magic[$0] })
            else { throw .notACheckpointFile }
            guard bytes[word: 8] == version else { throw .unknownVersion(bytes[word: 8]) }
            self.numbersPerBlock = Int(bytes[word: 12])
            self.blockCount = Int(bytes[word: 16])
            self.exceptionCount = Int(bytes[word: 20])
            let expectedBytes = (self.residualsOffset + self.blockCount + 7) / 8 * 8
            guard bytes.byteCount == expectedBytes else {
                throw .wrongLength(byteCount: bytes.byteCount, expected: expectedBytes)
            }
            let expected = bytes[doubleWord: checksumOffset]
            let checksum = CheckpointFile.checksum(
                header: bytes.extracting(..<checksumOffset),
                body: bytes.extracting(headerBytes...)
            )
            guard checksum == expected else { throw .damaged(checksum: checksum, expected: expected) }
        }

        /// Gives out how many primes each block holds, from the first to the last.
        @inline(__always)
        func forEachCount(in bytes: RawSpan, _ body: (UInt16) -> Void) {
            var exception = self.exceptionsOffset
            for group in 0..<self.groupCount {
                let blocks = group * blocksPerGroup..<min((group + 1) * blocksPerGroup, self.blockCount)
                let average = Int(bytes[word: headerBytes + 4 * group]) / blocks.count
                for block in blocks {
                    let residual = Int8(bitPattern: bytes[byte: self.residualsOffset + block])
                    if residual == exceptionMark {
                        body(UInt16(truncatingIfNeeded: bytes[word: exception + 4]))
                        exception += 8
                    } else {
                        body(UInt16(truncatingIfNeeded: average + Int(residual)))
                    }
                }
            }
        }
    }

    /// Mixes all 8-byte words into one: FNV-1a's step, with words for bytes.
    ///
    /// Each step is a bijection of the sum so far, so a change within one word is always seen.
    /// Source: Fowler, Noll, Vo, Eastlake, "The FNV Non-Cryptographic Hash Algorithm" (RFC 9923).
    private static func checksum(header: RawSpan, body: RawSpan) -> UInt64 {
        var sum: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ bytes: RawSpan) {
            for offset in stride(from: 0, to: bytes.byteCount, by: 8) {
                sum = (sum ^ bytes[doubleWord: offset]) &* 0x0000_0100_0000_01b3
            }
        }
        mix(header)
        mix(body)
        return sum
    }
}

// MARK: - Writing

extension CheckpointFile {
    /// Writes the file.
    package func encoded() -> [UInt8] {
        var body: [UInt8] = []
        var exceptions: [UInt8] = []
        var residuals: [UInt8] = []
        for first in stride(from: 0, to: self.counts.count, by: Self.blocksPerGroup) {
            let blocks = first..<min(first + Self.blocksPerGroup, self.counts.count)
            let total = blocks.reduce(0) { $0 + Int(self.counts[$1]) }
            body.append(littleEndian: UInt32(total))
            for block in blocks {
                let count = self.counts[block]
                if let residual = Int8(exactly: Int(count) - total / blocks.count), residual != Self.exceptionMark {
                    residuals.append(UInt8(bitPattern: residual))
                } else {
                    residuals.append(UInt8(bitPattern: Self.exceptionMark))
                    exceptions.append(littleEndian: UInt32(block))
                    exceptions.append(littleEndian: UInt32(count))
                }
            }
        }
        let exceptionCount = exceptions.count / 8
        body += exceptions + residuals
        body += Array(repeating: 0, count: (8 - body.count % 8) % 8)

        var file = Self.magic
        file.append(littleEndian: Self.version)
        file.append(littleEndian: UInt32(self.numbersPerBlock))
        file.append(littleEndian: UInt32(self.counts.count))
        file.append(littleEndian: UInt32(exceptionCount))
        file.append(littleEndian: Self.checksum(header: unsafe file.span.bytes, body: unsafe body.span.bytes))
        return file + body
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
    // Safe, all three: the span checks that the bytes lie within it, and every pattern of bits is an integer.
    fileprivate subscript(byte offset: Int) -> UInt8 { unsafe self.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
    fileprivate subscript(word offset: Int) -> UInt32 {
        UInt32(littleEndian: unsafe self.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    fileprivate subscript(doubleWord offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe self.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
