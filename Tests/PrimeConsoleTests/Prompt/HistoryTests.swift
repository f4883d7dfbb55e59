import PrimeConsole
import Testing

@Suite
struct HistoryTests {
    @Test
    func `lines are kept in their order, without blank ones and neighbours that are alike`() {
        #expect(History(["1", "", "2", "  ", "2", "1"]).lines == ["1", "2", "1"])
    }

    @Test
    func `the oldest lines make room`() {
        let history = History((1...2500).map { "\($0)" })
        #expect(history.lines == (1501...2500).map { "\($0)" })
    }
}
