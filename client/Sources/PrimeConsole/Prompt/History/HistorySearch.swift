/// A search backwards through the history that follows what is typed (Ctrl-R).
package struct HistorySearch: Sendable {
    /// As much of the query as is shown.
    private static let shownLength = 20

    /// What stood in the line before.
    package let typed: EditedLine
    /// What is searched for.
    package private(set) var query = EditedLine()
    /// The line found, the cursor where the query begins; the last one still if no line holds a longer query.
    package private(set) var found: EditedLine?
    /// Whether no line holds the query.
    package private(set) var hasFailed = false
    /// Where in the history the line found stands.
    private var position: Int?

    package init(typed: EditedLine) {
        self.typed = typed
    }

    /// What stands in the place of the prompt.
    package var prompt: String {
        "\(self.hasFailed ? "not found" : "search") `\(String(self.query.characters.suffix(Self.shownLength)))': "
    }

    /// Goes on to the next older line that holds the query.
    package mutating func findOlder(in history: History) {
        self.find(in: history, before: self.position ?? history.lines.count)
    }

    /// Searches for one character more, from the line found on.
    package mutating func extend(by scalar: Unicode.Scalar, in history: History) {
        self.query.insert(scalar)
        self.find(in: history, before: (self.position ?? history.lines.count - 1) + 1)
    }

    /// Searches for one character less, from the newest line on.
    package mutating func shorten(in history: History) {
        self.query.cut(to: self.query.cursor - 1)
        self.position = nil
        self.found = self.typed
        self.find(in: history, before: history.lines.count)
    }

    private mutating func find(in history: History, before end: Int) {
        self.hasFailed = false
        let text = self.query.text
        guard !text.isEmpty else { return }
        for position in history.lines[..<end].indices.reversed() {
            guard let match = history.lines[position].firstRange(of: text) else { continue }
            self.position = position
            var line = EditedLine(history.lines[position])
            line.move(to: history.lines[position][..<match.lowerBound].count)
            self.found = line
            return
        }
        self.hasFailed = true
    }
}
