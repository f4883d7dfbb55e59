import PrimeClient
import PrimeConsole
import Testing

@Suite
struct FailureSummaryTests {
    private static func failure(_ line: Int?, _ kind: EntryFailure.Kind, _ message: String = "why") -> EntryFailure {
        EntryFailure(programName: "client", line: line, value: "7", kind: kind, message: message)
    }

    @Test
    func `the first failures of each kind are printed, and further ones are counted by kind`() {
        var summary = FailureSummary()
        var printed: [Int] = []
        for line in 1...1_000_000 where summary.take(Self.failure(line, .unanswered(.unreachable), "no \(line)")) {
            printed.append(line)
        }
        #expect(printed == [1, 2, 3, 4, 5])
        let isFirstOfItsKind = summary.take(Self.failure(1_000_001, .unanswered(.timedOut)))
        #expect(isFirstOfItsKind)
        for line in 1_000_002...1_000_009 { _ = summary.take(Self.failure(line, .invalid(.notation))) }
        #expect(
            summary.lines == [
                "lines 6..1000000: 999995 more without an answer: no 1000000",
                "lines 1000007..1000009: 3 more not valid",
            ]
        )
    }

    @Test(
        arguments: [
            ([1, 2, 3, 4, 5], nil), ([1, 2, 3, 4, 5, 9], "line 9: 1 more"), ([1, 1, 1, 1, 1, 1, 1], "line 1: 2 more"),
            ([1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 12, 13], "lines 6..7, 9, 11..13: 7 more"),
            (
                Array(stride(from: 1, to: 1000, by: 2)),
                "lines 11, 13, 15, 17, 19, 21, 23, 25 and others up to 999: 495 more"
            ),
            ([nil, nil, nil, nil, nil, nil, nil], "2 more"),
        ] as [([Int?], String?)]
    )
    func `the lines are named as ranges, a few at most`(lines: [Int?], expected: String?) {
        var summary = FailureSummary()
        for line in lines { _ = summary.take(Self.failure(line, .invalid(.outOfRange))) }
        #expect(summary.lines == (expected.map { ["\($0) out of range"] } ?? []))
    }

    @Test
    func `text that is not UTF-8 is printed once`() {
        var summary = FailureSummary()
        let arePrinted = (1...3).map { summary.take(Self.failure($0, .invalid(.encoding))) }
        #expect(arePrinted == [true, false, false])
        #expect(summary.lines == ["lines 2..3: 2 more not UTF-8 text"])
        // It ends the input, so it is printed after any other failure.
        let isEndPrinted = summary.take(Self.failure(4, .invalid(.wideEncoding)))
        #expect(isEndPrinted)
    }

    @Test
    func `a sum contains no control characters`() {
        var summary = FailureSummary()
        for _ in 1...6 { _ = summary.take(Self.failure(nil, .unanswered(.hostNotFound), "host a\r\u{9B}")) }
        #expect(summary.lines == [#"1 more without an answer: host a\r\u{009B}"#])
    }
}
