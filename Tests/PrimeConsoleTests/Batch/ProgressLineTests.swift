import PrimeConsole
import Testing

@Suite
struct ProgressLineTests {
    @Test(
        arguments: [
            (.unknown, "1,000,000 done, 500,000/s"),
            (.questions(5_000_000), "1,000,000 of 5,000,000, 500,000/s, 8 s left"),
            (.questions(4_294_967_295), "1,000,000 of 4,294,967,295, 500,000/s, 2 h 23 min left"),
            (.bytes(80_000_000), "1,000,000 done, 8 %, 500,000/s, 20 s left"),
            (.bytes(800_000_000), "1,000,000 done, 0 %, 500,000/s, 3 min 46 s left"),
        ] as [(ProgressLine.Total, String)]
    )
    func `the line shows what is done, how fast, and the time left`(total: ProgressLine.Total, text: String) {
        let line = ProgressLine(total: total)
        #expect(line.text(done: 1_000_000, doneBytes: 7_000_000, after: .seconds(2)) == text)
        #expect(text.count < 80)
    }
}
