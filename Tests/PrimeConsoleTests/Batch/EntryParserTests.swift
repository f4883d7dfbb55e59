import PrimeConsole
import Testing

@Suite
struct EntryParserTests {
    /// Parses a text that arrives in pieces of so many bytes; returns each M with its line, and the line of each problem.
    private func parse(
        _ text: String,
        pieces: Int = .max,
        limit: Int = 4096
    ) -> (ordinals: [UInt32], lines: [Int], problems: [Int]) {
        let result = self.parse(Array(text.utf8), pieces: pieces, limit: limit)
        return (result.ordinals, result.lines, result.problems.map(\.line))
    }

    private func parse(
        _ bytes: [UInt8],
        pieces: Int = .max,
        limit: Int = 4096
    ) -> (ordinals: [UInt32], lines: [Int], problems: [(line: Int, error: OrdinalSyntaxError)]) {
        var parser = EntryParser()
        var result: (ordinals: [UInt32], lines: [Int], problems: [(line: Int, error: OrdinalSyntaxError)]) = (
            [], [], []
        )
        var rest = bytes[...]
        while !parser.isAtEnd {
            while let batch = parser.next(limit: limit) {
                #expect(batch.ordinals.count <= limit)
                result.ordinals += batch.ordinals
                result.lines += batch.ordinals.indices.map { batch.line(at: $0) }
                result.problems += batch.problems.map { ($0.line, $0.error) }
            }
            // A text in a wide encoding ends the input early.
            if parser.isAtEnd { break }
            if rest.isEmpty { parser.end() } else { parser.append(Array(rest.prefix(pieces))) }
            rest = rest.dropFirst(pieces)
        }
        return result
    }

    @Test(arguments: [1, 2, 3, 1000], ["\r", "\n", "\r\n"])
    func `a line ends in any line break`(pieces: Int, lineBreak: String) {
        let long = String(repeating: "7", count: pieces == 1000 ? 70_000 : 70)
        let lines = ["7", "# none", "", "8", "x", "1e3", long, "9", "1..2"]
        let parsed = self.parse(lines.joined(separator: lineBreak) + lineBreak, pieces: pieces)
        #expect(parsed.ordinals == [7, 8, 1000, 9, 1, 2])
        #expect(parsed.lines == [1, 4, 6, 8, 9, 9])
        #expect(parsed.problems == [5, 7])
    }

    @Test(arguments: [1, 2, 3, 1000])
    func `byte order marks of joined files, form feeds and either newline are ignored`(pieces: Int) {
        let parsed = self.parse("\u{FEFF}7\r\n8\n\u{FEFF}9\n\u{C}\n\r\n10\r\n11\r", pieces: pieces)
        #expect(parsed.ordinals == [7, 8, 9, 10, 11])
        #expect(parsed.lines == [1, 2, 3, 6, 7])
        #expect(parsed.problems == [])
    }

    /// Encodes a text in two or four bytes for each character.
    private static func wide(_ text: String, bytes: Int, bigEndian: Bool) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in
            let littleEndian = (0..<bytes).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) }
            return bigEndian ? littleEndian.reversed() : littleEndian
        }
    }

    @Test(
        arguments: [
            ("\u{FEFF}7\n8\n", 2, false, "UTF-16"), ("\u{FEFF}7\n8\n", 2, true, "UTF-16"),
            ("\u{FEFF}7\n8\n", 4, false, "UTF-32"), ("\u{FEFF}7\n8\n", 4, true, "UTF-32"),
            ("7\n8\n", 2, false, "UTF-16LE"), ("7\r\n8\n", 2, true, "UTF-16BE"), ("7\n8\n", 4, false, "UTF-32LE"),
            ("7\n8\n", 4, true, "UTF-32BE"), ("12345678", 2, false, "UTF-16LE"), ("1", 4, true, "UTF-32BE"),
            ("\n7\n8\n", 2, false, "UTF-16LE"), ("\r\n7\r\n", 4, false, "UTF-32LE"), ("7\r8\r", 2, false, "UTF-16LE"),
            ("\n7\n8\n", 2, true, "UTF-16BE"), ("\n\n7\n8\n", 2, false, "UTF-16LE"),
            ("\u{FEFF}# 素数\n7\n", 2, true, "UTF-16"), ("1 2 3", 2, false, "UTF-16LE"), ("# 1 2\n", 2, true, "UTF-16BE"),
            (" 1 2\n", 4, false, "UTF-32LE"), ("\u{FEFF}", 2, false, "UTF-16"),
        ],
        [1, 1000]
    )
    func `text in a wide encoding is a problem of its kind and ends the input`(
        wide: (text: String, bytes: Int, bigEndian: Bool, name: String),
        pieces: Int
    ) throws {
        let text = Self.wide(wide.text, bytes: wide.bytes, bigEndian: wide.bigEndian)
        let parsed = self.parse(text + text, pieces: pieces)
        #expect(parsed.ordinals == [])
        let error = try #require(parsed.problems.last?.error)
        #expect(error.kind == .wideEncoding)
        #expect(error.problem.hasSuffix("the rest is not read; convert it: iconv -f \(wide.name) -t UTF-8"), "\(error)")
        // A zero byte alone in a line may be a stray one.
        #expect(parsed.problems.dropLast().allSatisfy { $0.error.entry.unicodeScalars.allSatisfy { $0 == "\0" } })
    }

    @Test(
        arguments: [
            "7\0\n", "\u{0}7\n", "\n7\0\n", "\n\u{0}7\n", "\0\n", "7\0\0\0\n", "10\u{0}20\0\n", "1\u{0}2\n",
            "x\n7\0\n\0",
            "é\n\u{0}7\n", "7\0\r\n", "7\n8\0\n\u{0}9\0\n",
        ],
        [1, 2, 1000]
    )
    func `a stray zero byte makes its entry invalid, and the next entries are parsed`(text: String, pieces: Int) {
        let parsed = self.parse(Array((text + "\n3\n4\n").utf8), pieces: pieces)
        #expect(parsed.ordinals.suffix(2) == [3, 4])
        #expect(parsed.problems.map(\.line) == self.parse(text.replacing("\0", with: "x")).problems)
        #expect(parsed.problems.allSatisfy { $0.error.kind == .notation })
    }

    @Test(arguments: ["7", "7\r", "7 \n", "\n7"])
    func `an input of one character is read`(text: String) {
        #expect(self.parse(text).ordinals == [7])
    }

    @Test
    func `a replacement character is UTF-8`() {
        let parsed = self.parse(Array("7\u{FFFD}\n".utf8))
        #expect(parsed.problems.map(\.error.kind) == [.notation])
    }

    @Test(arguments: [1, 1000])
    func `an entry that is not UTF-8 is a problem of its kind, and a comment may be in any encoding`(pieces: Int) {
        let text = Array("7\n".utf8) + [0x38, 0xA0, 0x0A] + Array("9 # Gr".utf8) + [0xF6, 0xDF, 0x65, 0x0A] + [0xB2]
        let parsed = self.parse(text, pieces: pieces)
        #expect(parsed.ordinals == [7, 9])
        #expect(parsed.problems.map(\.line) == [2, 4])
        #expect(parsed.problems.allSatisfy { $0.error.kind == .encoding })
    }

    @Test
    func `long invalid entries share out into batches, which bounds the memory`() {
        var parser = EntryParser()
        parser.append(Array(String(repeating: String(repeating: "x", count: 60_000) + "\n", count: 10).utf8))
        parser.end()
        while let batch = parser.next(limit: 4096) { #expect(batch.problems.count <= 2) }
        #expect(parser.isAtEnd)
    }

    @Test(arguments: [1, 2, 3, 7, 1000], [1, 2, 4096])
    func `each M keeps its place and its line, however the bytes are split`(pieces: Int, limit: Int) {
        let text = "1\n\n22\r\n# none\n5..8/2\nx\n 1e3 # thousand\n0\n4294967295\n4294967296\n99999999999999999999\n7"
        let result = self.parse(text, pieces: pieces, limit: limit)
        #expect(result.ordinals == [1, 22, 5, 7, 1000, 4_294_967_295, 7])
        #expect(result.lines == [1, 3, 5, 5, 7, 9, 12])
        #expect(result.problems == [6, 8, 10, 11])
    }

    @Test
    func `an entry that is too long is one problem, and the next entry is parsed`() {
        let long = String(repeating: "7", count: 3 * EntryReader.longestEntry)
        let result = self.parse("1\n\(long)\n2\n4 \(long) 5 \(long)#8\n6 # \(long)\n3", pieces: 10_000)
        #expect(result.ordinals == [1, 2, 4, 5, 6, 3])
        #expect(result.lines == [1, 3, 4, 4, 5, 6])
        #expect(result.problems == [2, 4, 4])
    }

    @Test(arguments: [(Character("0"), 0), (Character("x"), 0), (Character("0"), 1), (Character("x"), 1)])
    func `the limit of an entry does not depend on its pieces`(_ entry: (character: Character, excess: Int)) {
        let text = String(repeating: entry.character, count: EntryReader.longestEntry + entry.excess - 1)
        let results = [Int.max, 40_000, 10_000].map { self.parse(Array("\(text)5\n6".utf8), pieces: $0) }
        let isValid = entry.character == "0" && entry.excess == 0
        for result in results {
            #expect(result.ordinals == (isValid ? [5, 6] : [6]))
            #expect(result.problems.map(\.error) == results[0].problems.map(\.error))
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1000], [1, 2, 4096])
    func `white space separates entries, and each has its line`(pieces: Int, limit: Int) {
        let text = "1 2\t3\n4  x 5..7 0 8#9 10\r\n # none\r 9 \u{B}\u{C}10 \r\n\r\n\u{FEFF}11 12#\r13 \u{A0}\n14 1e3"
        let result = self.parse(text, pieces: pieces, limit: limit)
        #expect(result.ordinals == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 1000])
        #expect(result.lines == [1, 1, 1, 2, 2, 2, 2, 2, 4, 4, 6, 6, 7, 8, 8])
        #expect(result.problems == [2, 2])
    }

    @Test(
        arguments: [
            ("1 000 000\n", [], ["1 000 000"]), ("1 234 045 6", [6], ["1 234 045"]), ("5 1 000", [5], ["1 000"]),
            ("100 200 300 000", [100], ["200 300 000"]), ("1 000 000 100", [100], ["1 000 000"]),
            ("7 000 000 000 8", [8], ["7 000 000 000"]), ("10 000#", [], ["10 000"]),
            ("100 200 300", [100, 200, 300], []), ("1 234 567", [1, 234, 567], []),
            ("1 0000", [1], ["0000"]), ("1  000", [1], ["000"]), ("1\n000", [1], ["000"]),
            ("1234 000", [1234], ["000"]),
            ("007 000", [7], ["000"]), ("1 00", [1], ["00"]), ("1 000x", [1], ["000x"]), ("7 1 2", [7, 1, 2], []),
        ] as [(String, [UInt32], [String])],
        [1, 2, 3, 1000]
    )
    func `a number with spaces between thousands is one invalid entry if it could not be several`(
        example: (text: String, ordinals: [UInt32], problems: [String]),
        pieces: Int
    ) {
        let result = self.parse(Array(example.text.utf8), pieces: pieces)
        #expect(result.ordinals == example.ordinals)
        #expect(result.problems.map(\.error.entry) == example.problems)
    }

    @Test
    func `a line of any length is read, entry by entry`() {
        let result = self.parse((1...100_000).map { "\($0)" }.joined(separator: " "), pieces: 4096)
        #expect(result.ordinals == Array(1...100_000))
        #expect(result.lines.allSatisfy { $0 == 1 })
    }

    @Test
    func `the largest range is expanded batch by batch`() {
        var parser = EntryParser()
        parser.append(Array("1..4294967295\n".utf8))
        parser.end()
        #expect(parser.next(limit: 3)?.ordinals == [1, 2, 3])
        #expect(parser.next(limit: 2)?.ordinals == [4, 5])
        #expect(!parser.isAtEnd)
    }
}
