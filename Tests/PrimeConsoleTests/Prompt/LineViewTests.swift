import PeerSupport
import PrimeConsole
import Testing

@Suite
struct LineViewTests {
    /// Draws lines one after another; returns the row of the screen after each, with `|` for the cursor.
    private func rows(_ lines: [(String, cursor: Int)], prompt: String = "M> ", columns: Int) -> [String] {
        var view = LineView()
        var screen = TerminalScreen(columns: columns, rows: 24)
        return lines.map { text, cursor in
            var line = EditedLine(text)
            line.move(to: cursor)
            screen.take(view.draw(line, after: prompt, columns: columns).utf8)
            #expect(screen.lines.count == 1)
            #expect(screen.unknownCodes == [])
            return screen.currentLine
        }
    }

    @Test
    func `the cursor is shown at its place in the line`() {
        #expect(
            self.rows([("", 0), ("12", 2), ("123", 0), ("1", 1)], columns: 80) == [
                "M> |", "M> 12|", "M> |123", "M> 1|",
            ]
        )
    }

    @Test
    func `a long line scrolls with the cursor, and only as far as needed`() {
        let digits = "0123456789"
        #expect(
            // 10 columns: 3 for the prompt, and the last one stays free.
            self.rows(
                [(digits, 10), (digits, 5), (digits, 3), (digits, 10), ("01234567", 8), ("01234", 5)],
                columns: 10
            )
                == ["M> 456789|", "M> 4|56789", "M> |345678", "M> 456789|", "M> 234567|", "M> 01234|"]
        )
    }

    @Test
    func `wide characters take two columns, accents none`() {
        #expect(self.rows([("素数素数", 4), ("素数", 1)], columns: 10) == ["M> 数素数|", "M> 素|数"])
        #expect(self.rows([("e\u{301}e\u{301}", 1)], columns: 10) == ["M> e\u{301}|e\u{301}"])
    }

    @Test(arguments: 1...8)
    func `the narrowest screen shows the text at the cursor, in one row`(columns: Int) {
        for row in self.rows([("12345", 5), ("12345", 0), ("素数", 2), ("", 0)], columns: columns) {
            #expect(row.count <= columns + 1)
        }
    }

    @Test
    func `the prompt of a search replaces the usual one`() {
        #expect(self.rows([("1000", 1)], prompt: "search `0': ", columns: 80) == ["search `0': 1|000"])
    }
}
