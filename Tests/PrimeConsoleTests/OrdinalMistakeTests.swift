import PrimeConsole
import Testing

/// Wrong entries and their messages: what is wrong, and what would be right.
@Suite
struct OrdinalMistakeTests {
    private static let notation = [
        // No numbers.
        ("abc", "not a number; M is a whole number from 1 to 4294967295"),
        ("ten", "not a number; M is a whole number from 1 to 4294967295"),
        ("12x4", "not a number; M is a whole number from 1 to 4294967295"),
        ("1.2.3", "not a number; M is a whole number from 1 to 4294967295"),
        ("1.000.00", "not a number; M is a whole number from 1 to 4294967295"),
        ("1'000 000", "not a number; M is a whole number from 1 to 4294967295"),
        ("+", "not a number; M is a whole number from 1 to 4294967295"),
        (".", "not a number; M is a whole number from 1 to 4294967295"),
        (",", "not a number; M is a whole number from 1 to 4294967295"),
        ("½", "not a number; M is a whole number from 1 to 4294967295"),
        ("∞", "not a number; M is a whole number from 1 to 4294967295"),
        ("5\u{301}", "not a number; M is a whole number from 1 to 4294967295"),
        ("10/0", "not a number; M is a whole number from 1 to 4294967295"),
        ("1..x", "x is not a number; M is a whole number from 1 to 4294967295"),
        ("1..10/x", "x is not a number; the step is a whole number from 1 to 4294967295"),
        ("1..10/2/3", "2/3 is not a number; the step is a whole number from 1 to 4294967295"),
        ("M=5", "not a number; write 5"),
        ("\"5\"", "not a number; write 5"),
        ("'1e6'", "not a number; write 1e6"),
        ("prime(5)", "not a number; write 5"),
        ("5;", "not a number; write 5"),
        ("--5", "not a number; write 5"),
        ("10!", "not a number; write 10"),
        ("7\0", "not a number; write 7"),
        ("\"1..10\"", "not a range; write 1..10"),
        // Not whole.
        ("1.5", "not whole; M is a whole number from 1 to 4294967295"),
        ("0.5", "not whole; M is a whole number from 1 to 4294967295"),
        (".500", "not whole; M is a whole number from 1 to 4294967295"),
        ("15e-1", "not whole; M is a whole number from 1 to 4294967295"),
        ("1e-99999999999999999999", "not whole; M is a whole number from 1 to 4294967295"),
        ("1,000.5", "not whole; M is a whole number from 1 to 4294967295"),
        ("4294967295.1", "not whole; M is a whole number from 1 to 4294967295"),
        ("1..1.5", "1.5 is not whole; M is a whole number from 1 to 4294967295"),
        ("1..10/1.5", "1.5 is not whole; the step is a whole number from 1 to 4294967295"),
        ("0,5", "0.5 is not whole; M is a whole number from 1 to 4294967295"),
        // Thousands.
        ("1.000", "ambiguous; write 1000 if the point groups thousands"),
        ("+1.500", "ambiguous; write 1500 if the point groups thousands"),
        ("1..9/1.000", "1.000 is ambiguous; write 1000 if the point groups thousands"),
        ("1.000.000", "points do not group thousands; write 1000000"),
        ("1'000", "apostrophes do not group thousands; write 1000"),
        ("4\u{2019}294\u{2019}967\u{2019}295", "apostrophes do not group thousands; write 4294967295"),
        ("1 000 000", "spaces do not group thousands; write 1000000"),
        ("1\u{A0}000", "spaces do not group thousands; write 1000"),
        ("1\u{202F}234", "spaces do not group thousands; write 1234"),
        ("1,00", "commas group thousands; write 100"),
        ("10,0000", "commas group thousands; write 100000"),
        ("1000,000", "commas group thousands; write 1000000"),
        ("1_0,000,000", "commas group thousands; write 10000000"),
        ("1,000,00", "commas group thousands; write 100000"),
        ("001,002,003", "commas group thousands; write 001 002 003, or 001002003 as one number"),
        ("9999,999999999", "commas group thousands; write 9999 999999999"),
        ("12,34,567", "commas group thousands; write 12 34 567, or 1234567 as one number"),
        (",5", "commas group thousands; write 5"),
        ("5,", "commas group thousands; write 5"),
        // Several entries.
        ("3,7", "commas group thousands; write 3 7, or 37 as one number"),
        ("1,2,3", "commas group thousands; write 1 2 3, or 123 as one number"),
        ("1,5e6", "plain spaces separate entries; write 1 5e6"),
        ("10;29", "plain spaces separate entries; write 10 29"),
        ("1\u{3000}2", "plain spaces separate entries; write 1 2"),
        ("1..5,7..9", "plain spaces separate entries; write 1..5 7..9"),
        // Ranges.
        ("1-10", "a range is written 1..10"),
        ("10-1", "a range is written 1..10"),
        ("1–10", "a range is written 1..10"),
        ("1e5-1e6", "a range is written 1e5..1e6"),
        ("1...10", "a range is written 1..10"),
        ("1...5k", "a range is written 1..5k"),
        ("1…10", "a range is written 1..10"),
        ("1:10", "a range is written 1..10"),
        ("1to10", "a range is written 1..10"),
        ("..", "a range is written 1..10, without spaces"),
        ("..5", "the range has no start; write 1..5"),
        ("1..", "the range has no end; M is at most 4294967295"),
        ("5..3", "the range ends before it starts; write 3..5"),
        ("9..1/2", "the range ends before it starts; write 1..9/2"),
        ("1..10..20", "a range has one start and one end; write 1..20"),
        ("3..1..2", "a range has one start and one end; write 1..10"),
        ("1..2...3", "a range has one start and one end; write 1..10"),
        ("..x", "the range has no start; a range is written 1..10"),
        ("..0", "the range has no start; a range is written 1..10"),
        ("...", "the range has no start; a range is written 1..10"),
        ("1..10/", "the step is missing; write 1..10/2 for every second M"),
        ("10/2", "a step needs a range; write 1..10/2"),
        // Other notations.
        ("0x10", "hexadecimal is not accepted; write 16"),
        ("0XFF", "hexadecimal is not accepted; write 255"),
        ("0xZZ", "hexadecimal is not accepted; write the number in decimal"),
        ("0x0", "hexadecimal is not accepted; write the number in decimal"),
        ("5\u{B2}", "not a number; write 5"),
        ("0b11", "binary is not accepted; write 3"),
        ("１２", "the digits are 0 to 9; write 12"),
        ("٣", "the digits are 0 to 9; write 3"),
        ("5th", "th is no suffix; k is a thousand, M a million, G a billion"),
        ("4B", "B is no suffix; k is a thousand, M a million, G a billion"),
        ("5.x", "x is no suffix; k is a thousand, M a million, G a billion"),
        ("1e", "the exponent is missing; a million is 1e6"),
        ("1e+", "the exponent is missing; a million is 1e6"),
        ("1_", "an underscore stands between two digits; write 1"),
        ("_1", "an underscore stands between two digits; write 1"),
        ("1__0", "an underscore stands between two digits; write 10"),
        ("1+1", "the client does not calculate; write the result"),
        ("2^10", "the client does not calculate; write the result"),
    ]

    private static let outOfRange = [
        ("0", "too small; M is at least 1"),
        ("000", "too small; M is at least 1"),
        ("-5", "too small; M is at least 1"),
        ("-.5", "too small; M is at least 1"),
        ("0.000", "too small; M is at least 1"),
        ("0e99999999999999999999", "too small; M is at least 1"),
        ("0,000", "0.000 is too small; M is at least 1"),
        ("0..5", "0 is too small; M is at least 1"),
        ("1..5/0", "0 is too small; the step is at least 1"),
        ("1..5/-1", "-1 is too small; the step is at least 1"),
        ("4294967296", "too large; M is at most 4294967295"),
        ("5G", "too large; M is at most 4294967295"),
        ("7 000 000 000", "7000000000 is too large; M is at most 4294967295"),
        ("9.000.000.000", "9000000000 is too large; M is at most 4294967295"),
        ("９９９９９９９９９９９", "99999999999 is too large; M is at most 4294967295"),
        ("０", "0 is too small; M is at least 1"),
        ("-5..5", "-5 is too small; M is at least 1"),
        ("1e99999999999999999999", "too large; M is at most 4294967295"),
        ("1..5G", "5G is too large; M is at most 4294967295"),
    ]

    @Test(arguments: notation)
    func `a wrong notation is told with the right one`(entry: String, problem: String) {
        #expect(throws: OrdinalSyntaxError(entry: entry, problem: problem)) { try OrdinalParser.parse(entry) }
    }

    @Test(arguments: outOfRange)
    func `a number out of range is told with the limit`(entry: String, problem: String) {
        #expect(throws: OrdinalSyntaxError(entry: entry, problem: problem, kind: .outOfRange)) {
            try OrdinalParser.parse(entry)
        }
    }

    @Test(arguments: notation)
    func `what a message says to write is valid`(entry: String, problem: String) throws {
        guard let advice = problem.firstMatch(of: /(?:write|written) (?<entries>[0-9][^,;]*?)(?:,| if| for|$)/) else {
            return
        }
        let entries = advice.output.entries.split(separator: " ")
        for entry in entries { #expect(try OrdinalParser.parse(entry) != nil, "\(problem)") }
    }

    @Test(arguments: ["x", "9", "1,", "1;", "0x", "１", "e\u{301}", "1-", "1_", "5..1", "1..x"])
    func `a message shortens a long entry, and one character with any number of accents`(part: String) {
        for long in [String(repeating: part, count: 5000), part + String(repeating: "\u{301}", count: 5000)] {
            let error = #expect(throws: OrdinalSyntaxError.self) { try OrdinalParser.parse(long) }
            #expect(error.map { $0.description.unicodeScalars.count < 250 } == true, "\(part)")
        }
    }
}
