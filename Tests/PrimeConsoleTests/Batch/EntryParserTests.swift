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
        var parser = EntryParser()
        var result: (ordinals: [UInt32], lines: [Int], problems: [Int]) = ([], [], [])
        var rest = Array(text.utf8)[...]
        while !parser.isAtEnd {
            while let batch = parser.next(limit: limit) {
                #expect(batch.ordinals.count <= limit)
                result.ordinals += batch.ordinals
                result.lines += batch.ordinals.indices.map { batch.line(at: $0) }
                result.problems += batch.problems.map(\.line)
            }
            if rest.isEmpty { parser.end() } else { parser.append(Array(rest.prefix(pieces))) }
            rest = rest.dropFirst(pieces)
        }
        return result
    }

    @Test(arguments: [1, 2, 3, 1000])
    func `a byte order mark at the start of the text is ignored`(pieces: Int) {
        let parsed = self.parse("\u{FEFF}7\n8\n\u{FEFF}9\n", pieces: pieces)
        #expect(parsed.ordinals == [7, 8])
        #expect(parsed.problems == [3])
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
    func `a line that is too long is one problem, and the next line is parsed`() {
        let long = String(repeating: "7", count: 3 * EntryParser.longestLine)
        let result = self.parse("1\n\(long)\n2\n5 # \(long)\n3", pieces: 10_000)
        #expect(result.ordinals == [1, 2, 5, 3])
        #expect(result.lines == [1, 3, 4, 5])
        #expect(result.problems == [2])
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
