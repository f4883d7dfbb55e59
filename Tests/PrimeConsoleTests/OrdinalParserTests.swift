import PrimeConsole
import Testing

@Suite
struct OrdinalParserTests {
    @Test(
        arguments: [
            ("1", [1]), ("4294967295", [4_294_967_295]), ("1_000_000", [1_000_000]), ("1e6", [1_000_000]),
            ("10k", [10_000]), ("5M", [5_000_000]), ("  7\t", [7]), ("7 # lucky", [7]), ("007", [7]), ("3e0", [3]),
            ("7\r", [7]), ("100..103", [100, 101, 102, 103]), ("1..30/10", [1, 11, 21]), ("5..5", [5]),
            ("4294967294..4294967295", [4_294_967_294, 4_294_967_295]), ("1k..3k/1_000", [1000, 2000, 3000]),
            ("1..4294967295/4294967295", [1]),
        ] as [(String, [UInt32])]
    )
    func `every notation of M is parsed`(line: String, expected: [UInt32]) throws {
        #expect(try OrdinalParser().parse(line: line).map { Array($0) } == expected)
    }

    @Test(arguments: ["", "   ", "\t", "# only a comment", "   # and space"])
    func `a line without an entry gives no numbers`(line: String) throws {
        #expect(try OrdinalParser().parse(line: line) == nil)
    }

    @Test(
        arguments: [
            ("12x4", "expected a digit at the third character"),
            ("abc", "expected a digit at the first character"),
            ("-5", "expected a digit at the first character"),
            ("1.5", "expected a digit at the second character"),
            ("1__0", "expected a digit at the second character"),
            ("1e", "expected a digit at the third character"),
            ("4294967295x", "expected a digit at the 11th character"),
            ("0", "0 is too small"),
            ("0..5", "0 is too small"),
            ("1..5/0", "the step 0 is too small"),
            ("0x10", "expected a digit at the second character"),
            ("1 2", "expected the end at the second character; use one entry per line"),
            ("4294967296", "4294967296 is too large"),
            ("1e99999999999999999999", "1e99999999999999999999 is too large"),
            ("5..3", "the range ends before it starts; use 3..5"),
            ("1..", "expected a digit at the fourth character"),
            ("１", "expected a digit at the first character"),
        ]
    )
    func `an error names the problem and its place`(line: String, problem: String) {
        #expect(throws: OrdinalSyntaxError(entry: line, problem: problem)) { try OrdinalParser().parse(line: line) }
    }

    @Test
    func `the message gives the range, and shortens a long entry`() {
        let error = OrdinalSyntaxError(entry: String(repeating: "x", count: 5000), problem: "expected a digit")
        #expect(error.description.hasSuffix("…: expected a digit; M is a whole number from 1 to 4294967295"))
        #expect(error.description.count < 130)
        let nines = String(repeating: "9", count: 5000)
        let number = #expect(throws: OrdinalSyntaxError.self) { try OrdinalParser().parse(line: nines) }
        #expect(number.map { $0.description.count < 200 } == true)
    }

    @Test
    func `the message shortens a character with any number of accents`() {
        let error = OrdinalSyntaxError(
            entry: "e" + String(repeating: "\u{301}", count: 5000),
            problem: "expected a digit"
        )
        #expect(error.description.unicodeScalars.count < 130)
    }
}
