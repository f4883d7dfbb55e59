/// An incremental search backwards through the history (Ctrl-R).
package struct HistorySearch: Sendable {
    /// The most characters of the query that the prompt shows.
    private static let shownLength = 20

    /// The text to search for.
    package private(set) var query = EditedLine()
    /// The line found, with the cursor at the match; if no line matches, still the last one found; `nil` before the first.
    package private(set) var found: EditedLine?
    /// Whether no line matches.
    package private(set) var hasFailed = false
    /// The index of the line found in the history.
    private var position: Int?

    package init() {}

    /// The prompt of the search.
    package var prompt: String {
        "\(self.hasFailed ? "not found" : "search") `\(String(self.query.characters.suffix(Self.shownLength)))': "
    }

    /// Finds the next older line that matches.
    package mutating func findOlder(in history: History) {
        self.find(in: history, before: self.position ?? history.lines.count)
    }

    /// Appends a character to the query, and searches from the line found.
    package mutating func extend(by scalar: Unicode.Scalar, in history: History) {
        self.query.insert(scalar)
        self.find(in: history, before: (self.position ?? history.lines.count - 1) + 1)
    }

    /// Removes a character from the query, and searches from the newest line.
    package mutating func shorten(in history: History) {
        self.query.cut(to: self.query.cursor - 1)
        self.position = nil
        self.found = nil
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
