import PrimeConsole
import Testing

@Suite
struct LineEditorTests {
    private static let start = "100..200/10"

    /// Returns the line after some keys, with `|` for the cursor.
    private func line(after keys: [Key], in text: String = Self.start) -> String {
        var editor = LineEditor(history: History())
        for key in text.unicodeScalars.map(Key.scalar) + keys { _ = editor.press(key) }
        return Self.text(of: editor.line)
    }

    private static func text(of line: EditedLine) -> String {
        "\(String(line.characters[..<line.cursor]))|\(String(line.characters[line.cursor...]))"
    }

    @Test(
        arguments: [
            ([], "100..200/10|"),
            ([.left, .left], "100..200/|10"), ([.control("b"), .scalar("5")], "100..200/15|0"),
            ([.left, .right, .right], "100..200/10|"), ([.home, .left], "|100..200/10"),
            ([.control("a"), .control("f")], "1|00..200/10"), ([.home, .control("e")], "100..200/10|"),
            ([.wordLeft], "100..200/|10"), ([.wordLeft, .alt("b"), .wordLeft, .wordLeft], "|100..200/10"),
            ([.home, .wordRight], "100|..200/10"), ([.home, .alt("f"), .wordRight], "100..200|/10"),
            ([.wordRight], "100..200/10|"),
            ([.backspace], "100..200/1|"), ([.home, .backspace], "|100..200/10"), ([.home, .delete], "|00..200/10"),
            ([.delete], "100..200/10|"), ([.home, .control("d")], "|00..200/10"),
            ([.wordLeft, .control("k")], "100..200/|"), ([.wordLeft, .control("u")], "|10"),
            ([.alt("\u{7F}")], "100..200/|"), ([.home, .alt("d")], "|..200/10"),
            ([.scalar(" "), .scalar("7"), .control("w")], "100..200/10 |"), ([.control("w")], "|"),
            ([.control("u"), .scalar("7"), .control("y")], "7100..200/10|"),
            ([.alt("B"), .alt("D")], "100..200/|"),
            (
                [.tab, .escape, .control("g"), .alt("x"), .alt("."), .control("t"), .control("x"), .scalar("7")],
                "100..200/10|"
            ),
            // Esc alone, then a digit.
            ([.alt("5")], "100..200/105|"),
        ] as [([Key], String)]
    )
    func `editing keys do what they do in a shell`(keys: [Key], expected: String) {
        #expect(self.line(after: keys) == expected)
    }

    @Test
    func `every key treats a character as one, however many scalars it has`() {
        // A combining accent, a flag of two scalars, a family of three people with joiners.
        #expect(self.line(after: [.left], in: "1e\u{301}") == "1|e\u{301}")
        #expect(self.line(after: [.backspace], in: "1🇩🇪") == "1|")
        #expect(self.line(after: [.backspace], in: "1👩‍👩‍👧") == "1|")
        #expect(self.line(after: [.backspace, .backspace], in: "素数") == "|")
    }

    @Test
    func `characters that would disturb the screen do not get into the line`() {
        #expect(self.line(after: [], in: "1\u{1B}\u{85}\u{202E}\u{2028}\u{FEFF}2") == "12|")
    }

    @Test
    func `the length of a line and of a character is limited`() {
        let long = self.line(after: [], in: String(repeating: "1", count: 10_000))
        #expect(long.count == 4097)
        let accents = self.line(after: [], in: "e" + String(repeating: "\u{301}", count: 10_000))
        #expect(accents.utf8.count < 100)
    }

    @Test
    func `keys with an effect outside the line report it`() {
        var editor = LineEditor(history: History())
        #expect(editor.press(.control("d")) == .ended)
        #expect(editor.press(.scalar("7")) == .edited)
        #expect(editor.press(.control("d")) == .edited)
        #expect(editor.press(.control("z")) == .suspended)
        #expect(editor.press(.control("l")) == .cleared)
        #expect(editor.press(.enter) == .entered("7"))
        #expect(editor.line == EditedLine())
    }

    @Test
    func `Ctrl-C clears the line and the search, and says whether there was one`() {
        var editor = LineEditor(history: History(["25"]))
        #expect(editor.press(.control("c")) == .interrupted(clears: false))
        for keys in [
            [.scalar("7")], [.control("r")], [.control("r"), .scalar("2")], [.up], [.control("x"), .scalar("7")],
        ]
            as [[Key]]
        {
            for key in keys { _ = editor.press(key) }
            let clears = keys.first != .control("x")
            #expect(editor.press(.control("c")) == .interrupted(clears: clears))
            #expect(editor.line == EditedLine())
            #expect(editor.search == nil)
        }
        // The history is at its end again, and the line is not in it.
        for key in [.scalar("7"), .control("c"), .up] as [Key] { _ = editor.press(key) }
        #expect(editor.line.text == "25")
        for key in [.control("c"), .down] as [Key] { _ = editor.press(key) }
        #expect(editor.line.text == "")
    }

    // MARK: - Undo and cut text

    @Test(
        arguments: [
            ([], "|"), ([.left, .scalar("5")], "100..200/1|0"), ([.backspace, .backspace], "100..200/1|"),
            ([.scalar("5"), .left, .control("_")], "|"), ([.home, .delete], "|100..200/10"),
            ([.control("u"), .scalar("7"), .scalar("8")], "|"), ([.control("w")], "100..200/10|"),
            ([.control("w"), .scalar("7"), .control("_")], "100..200/10|"),
            ([.control("w"), .control("y")], "|"), ([.home, .backspace, .end, .delete, .control("k")], "|"),
            ([.control("_"), .control("_")], "|"), ([.up, .backspace], "7|"), ([.up], "7|"),
            ([.up, .down], "100..200/10|"),
            ([.enter], "|"), ([.control("c")], "|"),
            ([.control("u"), .control("r"), .scalar("x"), .control("g")], "100..200/10|"),
        ] as [([Key], String)]
    )
    func `undo takes back a run of typed characters, or a single other change`(keys: [Key], expected: String) {
        for undo in [[.control("_")], [.control("x"), .control("u")]] as [[Key]] {
            var editor = LineEditor(history: History(["7"]))
            for key in Self.start.unicodeScalars.map(Key.scalar) + keys + undo { _ = editor.press(key) }
            #expect(Self.text(of: editor.line) == expected)
        }
    }

    @Test
    func `undo is limited to the last hundred changes`() {
        let typed = (0..<200).flatMap { _ in [.scalar("1"), .left, .right] as [Key] }
        let undone = self.line(after: typed + Array(repeating: .control("_"), count: 300), in: "")
        #expect(undone == String(repeating: "1", count: 100) + "|")
    }

    @Test(
        arguments: [
            // Cuts in a row are one text, in the order of the line.
            ([.control("w"), .control("w"), .control("y")], "1 20 300|"),
            ([.home, .alt("d"), .alt("d"), .end, .control("y")], " 3001 20|"),
            ([.wordLeft, .control("w"), .control("k"), .control("y")], "1 20 300|"),
            ([.alt("\u{7F}"), .control("u"), .control("y"), .control("y")], "1 20 3001 20 300|"),
            // Any other key ends the row; a cut of nothing keeps the text.
            ([.control("w"), .left, .control("w"), .control("y")], "1 20| "),
            ([.control("w"), .control("k"), .control("y")], "1 20 300|"),
            ([.control("w"), .scalar("7"), .control("w"), .control("y")], "1 20 7|"),
            ([.control("w"), .home, .control("u"), .control("y")], "300|1 20 "),
            ([.control("w"), .enter, .control("y")], "300|"), ([.control("w"), .control("c"), .control("y")], "300|"),
        ] as [([Key], String)]
    )
    func `Ctrl-Y inserts what was cut last`(keys: [Key], expected: String) {
        #expect(self.line(after: keys, in: "1 20 300") == expected)
    }

    // MARK: - History

    @Test
    func `Up and Down go through the history, and back to the line being typed`() {
        var editor = LineEditor(history: History(["1", "2"]))
        _ = editor.press(.scalar("3"))
        let keys: [Key] = [.up, .up, .up, .down, .control("n"), .down]
        let shown = keys.map { key in
            _ = editor.press(key)
            return Self.text(of: editor.line)
        }
        #expect(shown == ["2|", "1|", "1|", "2|", "3|", "3|"])
    }

    @Test
    func `an earlier line can be recalled and changed, and the history keeps the original`() {
        var editor = LineEditor(history: History(["10"]))
        for key in [.scalar("5"), .enter, .up, .up, .scalar("0")] as [Key] { _ = editor.press(key) }
        #expect(editor.press(.enter) == .entered("100"))
        let shown = [Key.up, .up, .up].map { key in
            _ = editor.press(key)
            return editor.line.text
        }
        #expect(shown == ["100", "5", "10"])
    }

    /// Returns the row after Ctrl-R and after each of some keys.
    private func search(_ keys: [Key], typed: String = "") -> (editor: LineEditor, shown: [String]) {
        var editor = LineEditor(history: History(["100", "7", "1000", "25"]))
        for scalar in typed.unicodeScalars { _ = editor.press(.scalar(scalar)) }
        let shown = ([.control("r")] + keys).map { key in
            _ = editor.press(key)
            return (editor.search?.prompt ?? "M> ") + Self.text(of: editor.line)
        }
        return (editor, shown)
    }

    @Test
    func `Ctrl-R searches backwards while the query is typed`() {
        let keys: [Key] = [.scalar("0"), .scalar("0"), .control("r"), .control("r"), .backspace, .scalar("x"), .left]
        #expect(
            self.search(keys).shown == [
                "search `': |", "search `0': 1|000", "search `00': 1|000", "search `00': 1|00",
                "not found `00': 1|00", "search `0': 1|000", "not found `0x': 1|000", "M> |1000",
            ]
        )
    }

    @Test
    func `Esc ends the search and keeps the line found`() {
        #expect(
            self.search([.scalar("7"), .escape, .scalar("5")], typed: "42").shown.suffix(2) == ["M> |7", "M> 5|7"]
        )
    }

    @Test
    func `Enter enters the line found, and Ctrl-G brings back the line being typed`() {
        var (editor, _) = self.search([.scalar("7")])
        #expect(editor.press(.enter) == .entered("7"))
        #expect(editor.search == nil)
        let givenUp = self.search([.scalar("7"), .control("g")], typed: "42")
        #expect(givenUp.shown.last == "M> 42|")
    }
}
