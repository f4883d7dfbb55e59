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
            ("1..4294967295/4294967295", [1]), ("+5", [5]), ("1e+06", [1_000_000]), ("1E6", [1_000_000]),
            ("1e06", [1_000_000]), ("1.5e6", [1_500_000]), ("1.5E+06", [1_500_000]), ("1.500e3", [1500]),
            ("1000000.0", [1_000_000]), ("1.0", [1]), ("1000.000", [1000]), ("1.5k", [1500]), ("1.25M", [1_250_000]),
            ("1500e-2", [15]), ("0.001e3", [1]), ("00001.50e1", [15]), ("42949672950e-1", [4_294_967_295]),
            ("4294967295.000000", [4_294_967_295]), ("1,000,000", [1_000_000]), ("4,294,967,295", [4_294_967_295]),
            ("1,000,000.0", [1_000_000]), ("1e+6..1e+6", [1_000_000]), ("1.0..+3.0/2.0", [1, 3]),
            ("1,000,000..1,000,001", [1_000_000, 1_000_001]), ("\u{FEFF}7", [7]), ("\u{C}7\u{B}", [7]),
            ("7\u{A0}", [7]), ("\u{2003}7", [7]), ("5.", [5]), ("5.00", [5]), (".5e1", [5]), ("+5.e1", [50]),
            ("1,000.0", [1000]), ("1,000.", [1000]), ("1,000.000", [1000]),
            ("1,000.0..1,001.0", [1000, 1001]),
        ] as [(String, [UInt32])]
    )
    func `every notation of M is parsed`(line: String, expected: [UInt32]) throws {
        #expect(try OrdinalParser().parse(line: line).map { Array($0) } == expected)
    }

    @Test(arguments: ["", "   ", "\t", "# only a comment", "   # and space", "\u{C}", "\u{FEFF}"])
    func `a line without an entry gives no numbers`(line: String) throws {
        #expect(try OrdinalParser().parse(line: line) == nil)
    }

    @Test(
        arguments: [
            ("12x4", "expected a digit at the third character"),
            ("abc", "expected a digit at the first character"),
            ("-5", "expected a digit at the first character"),
            ("+-5", "expected a digit at the second character"),
            ("+", "expected a digit at the second character"),
            ("1.5", "1.5 is not a whole number"),
            ("15e-1", "15e-1 is not a whole number"),
            ("0.5", "0.5 is not a whole number"),
            ("4294967295.1", "4294967295.1 is not a whole number"),
            ("1e-99999999999999999999", "1e-99999999999999999999 is not a whole number"),
            ("0.000", "0.000 is too small"),
            ("0e99999999999999999999", "0e99999999999999999999 is too small"),
            (".", "expected a digit at the second character"),
            ("5.x", "expected a digit at the third character"),
            (".5", ".5 is not a whole number"),
            (".500", ".500 is not a whole number"),
            ("1,000.5", "1,000.5 is not a whole number"),
            ("5...7", ".7 is not a whole number"),
            ("..5", "expected a digit at the first character"),
            ("1e+", "expected a digit at the fourth character"),
            ("1.5e6.2", "expected a digit at the sixth character"),
            ("1,000", "1,000 is ambiguous; if the comma separates thousands, write 1000 or 1_000"),
            ("1.000", "1.000 is ambiguous; if the point separates thousands, write 1000 or 1_000"),
            ("1..9/1,000", "1,000 is ambiguous; if the comma separates thousands, write 1000 or 1_000"),
            ("1,000..2,000", "1,000 is ambiguous; if the comma separates thousands, write 1000 or 1_000"),
            (
                "1.000.000",
                "1.000.000 is not accepted; if the point separates thousands, write 1000000 or 1_000_000"
            ),
            ("1'000", "1'000 is not accepted; if the apostrophe separates thousands, write 1000 or 1_000"),
            (
                "4\u{2019}294\u{2019}967\u{2019}295",
                "4\u{2019}294\u{2019}967\u{2019}295 is not accepted; if the apostrophe separates thousands, "
                    + "write 4294967295 or 4_294_967_295"
            ),
            ("1 000 000", "1 000 000 is not accepted; if the space separates thousands, write 1000000 or 1_000_000"),
            (
                "1\u{202F}000",
                "1\u{202F}000 is not accepted; if the space separates thousands, write 1000 or 1_000"
            ),
            ("1.000.00", "expected a digit at the sixth character"),
            ("1 000 00", "expected the end at the second character; use one entry per line"),
            ("1'000 000", "expected a digit at the second character"),
            ("1,5", "expected the end at the second character; use one entry per line"),
            ("1,2,3", "expected the end at the second character; use one entry per line"),
            ("12,34,567", "expected the end at the third character; use one entry per line"),
            ("001,002,003", "expected the end at the fourth character; use one entry per line"),
            ("1_0,000,000", "expected the end at the fourth character; use one entry per line"),
            ("1000,000,000", "expected the end at the fifth character; use one entry per line"),
            ("1,000,00", "expected the end at the second character; use one entry per line"),
            ("10;29", "expected the end at the third character; use one entry per line"),
            ("1\u{A0}000", "1\u{A0}000 is not accepted; if the space separates thousands, write 1000 or 1_000"),
            ("1\u{A0}00", "expected the end at the second character; use one entry per line"),
            ("1__0", "expected a digit at the second character"),
            ("1e", "expected a digit at the third character"),
            ("4294967295x", "expected a digit at the 11th character"),
            ("0", "0 is too small"),
            ("0..5", "0 is too small"),
            ("1..5/0", "the step 0 is too small"),
            ("0x10", "hexadecimal is not accepted; write the number in decimal"),
            ("0XFF", "hexadecimal is not accepted; write the number in decimal"),
            ("5\u{301}", "expected a digit at the first character"),
            ("٣", "expected a digit at the first character"),
            ("7\0", "expected a digit at the second character"),
            ("1 2", "expected the end at the second character; use one entry per line"),
            ("4294967296", "4294967296 is too large"),
            ("1e99999999999999999999", "1e99999999999999999999 is too large"),
            ("5..3", "the range ends before it starts; use 3..5"),
            ("1..", "expected a digit at the fourth character"),
            ("１", "expected a digit at the first character"),
        ]
    )
    func `an error names the problem and its place`(line: String, problem: String) {
        let error = #expect(throws: OrdinalSyntaxError.self) { try OrdinalParser().parse(line: line) }
        #expect(error?.problem == problem)
        #expect(error?.entry == line)
        #expect(
            (error?.kind == .outOfRange) == (problem.hasSuffix(" is too small") || problem.hasSuffix(" is too large"))
        )
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
