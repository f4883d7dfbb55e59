import PrimeConsole
import Testing

@Suite
struct HistoryTests {
    @Test
    func `lines keep their order, without blank lines and repetitions of the line before`() {
        #expect(History(["1", "", "2", "  ", "2", "1"]).lines == ["1", "2", "1"])
    }

    @Test
    func `beyond the limit the oldest lines are dropped`() {
        let history = History((1...2500).map { "\($0)" })
        #expect(history.lines == (1501...2500).map { "\($0)" })
    }
}
