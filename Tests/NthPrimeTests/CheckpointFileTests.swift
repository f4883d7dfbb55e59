import Testing

@testable import NthPrime

@Suite
struct CheckpointFileTests {
    /// Blocks whose counts fall as those of primes do, with two outliers: in the first line, and in the last, short one.
    private static let sample: CheckpointFile = {
        var counts = (0..<150).map { UInt16(3000 - 5 * $0) }
        counts[3] = 9
        counts[149] = 40_000
        return CheckpointFile(numbersPerBlock: 30_720, counts: counts)
    }()

    @Test
    func `a decoded file equals the encoded one`() throws {
        #expect(try CheckpointFile(bytes: Self.sample.encoded()) == Self.sample)
    }

    @Test
    func `the embedded file is what its counts encode to`() throws {
        let bytes = unsafe Array(CheckpointFile.embeddedBytes)
        let file = try CheckpointFile(bytes: bytes)
        #expect(file.counts.reduce(0) { $0 + Int($1) } == Int(PrimeIndex.lastOrdinal))
        #expect(file.encoded() == bytes)
    }

    @Test
    func `a change of any byte is detected`() {
        let file = Self.sample.encoded()
        for position in file.indices {
            var damaged = file
            damaged[position] ^= 0x40
            #expect(throws: CheckpointFile.Failure.self, "byte \(position)") {
                try CheckpointFile(bytes: damaged)
            }
        }
    }

    @Test
    func `a file truncated anywhere is refused`() {
        let file = Self.sample.encoded()
        for length in file.indices {
            #expect(throws: CheckpointFile.Failure.self, "\(length) bytes") {
                try CheckpointFile(bytes: Array(file[..<length]))
            }
        }
    }

    @Test
    func `an unknown version is refused by its number`() {
        var file = Self.sample.encoded()
        file[8] = 3
        #expect(throws: CheckpointFile.Failure.unknownVersion(3)) { try CheckpointFile(bytes: file) }
    }

    @Test
    func `bytes of another format differ from a damaged table`() {
        let bytes = Array("this is no table, whatever its length may be".utf8)
        #expect(throws: CheckpointFile.Failure.notACheckpointFile) { try CheckpointFile(bytes: bytes) }
    }
}

extension CheckpointFile {
    /// Decodes a file through the table that look-ups use.
    init(bytes: [UInt8]) throws(Failure) {
        let layout = try unsafe Layout(of: bytes.span.bytes)
        let counts = unsafe bytes.withUnsafeBytes { bytes -> [UInt16] in
            // Safe: the layout fits the bytes, which outlive the table.
            guard let start = bytes.baseAddress else { return [] }
            let table = unsafe CheckpointTable(at: start, layout)
            return (0..<layout.blockCount).map { UInt16(table.primes(of: $0).count) }
        }
        self.init(numbersPerBlock: layout.numbersPerBlock, counts: counts)
    }
}
