/// The screen of a terminal emulator: its rows and its cursor.
///
/// It interprets the escape codes that the client uses, and records all others in ``unknownCodes``.
package struct TerminalScreen: Sendable, CustomStringConvertible {
    private struct Cell {
        /// Empty for the right half of a wide character.
        var text = " "
        var isDim = false
    }

    private enum State {
        case text
        case escape
        case control(String)
    }

    /// The escape codes that were received and are not known.
    package private(set) var unknownCodes: [String] = []
    /// How many escape codes were received, known or not.
    package private(set) var codeCount = 0
    /// Whether the terminal marks the start and the end of a paste.
    package private(set) var bracketsPaste = false
    /// The cursor's column, from 0.
    package private(set) var column = 0

    private let height: Int
    private var columns: Int
    /// The rows that have scrolled off the top, followed by the rows on the screen.
    private var cells: [[Cell]] = [[]]
    private var row = 0
    private var saved = (row: 0, column: 0)
    private var wraps = true
    private var isDim = false
    private var state = State.text
    /// The first bytes of a scalar that is not complete yet.
    private var partial: [UInt8] = []

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.height = rows
    }

    /// All rows, including those that have scrolled off, without trailing spaces.
    package var lines: [String] {
        self.cells.map { row in
            let text = row.map(\.text).joined()
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// How many rows there are, including those that have scrolled off.
    package var rowCount: Int { self.cells.count }

    /// The cursor's row, with a `|` at the cursor, without trailing spaces.
    package var currentLine: String {
        let row = self.cells[self.row].map(\.text)
        let before = (row + Array(repeating: " ", count: max(self.column - row.count, 0))).prefix(self.column)
        let after = String(row.dropFirst(self.column).joined().reversed().drop { $0 == " " }.reversed())
        return "\(before.joined())|\(after)"
    }

    /// The dim text of each row that has some.
    package var dimTexts: [String] {
        self.cells.map { $0.filter(\.isDim).map(\.text).joined() }.filter { !$0.isEmpty }
    }

    package var description: String {
        (self.lines.suffix(40) + ["cursor: \(self.currentLine)"]).joined(separator: "\n")
    }

    /// Changes the width; text that is already on the screen does not move.
    package mutating func resize(columns: Int) { self.columns = columns }

    /// Interprets output of a program.
    package mutating func take(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            self.partial.append(byte)
            let lead = self.partial[0]
            let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
            guard self.partial.count >= length else { continue }
            for scalar in String(decoding: self.partial, as: UTF8.self).unicodeScalars { self.take(scalar) }
            self.partial = []
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        let state = self.state
        self.state = .text
        switch (state, scalar) {
        case (.text, "\u{1B}"):
            self.state = .escape
            self.codeCount += 1
        case (.text, "\r"): self.column = 0
        case (.text, "\n"): self.moveDown()
        case (.text, "\u{07}"): break
        case (.text, _): self.put(scalar)
        case (.escape, "["): self.state = .control("")
        case (.escape, "7"): self.saved = (self.row, self.column)
        case (.escape, "8"): (self.row, self.column) = self.saved
        case (.escape, _): self.unknownCodes.append("Esc \(scalar)")
        case (.control(let code), "\u{20}"..."\u{3F}"): self.state = .control("\(code)\(scalar)")
        case (.control(let code), _): self.control("\(code)\(scalar)")
        }
    }

    private mutating func control(_ code: String) {
        let top = max(self.cells.count - self.height, 0)
        switch code {
        case "J":
            self.cells[self.row].removeSubrange(min(self.column, self.cells[self.row].count)...)
            self.cells.removeSubrange((self.row + 1)...)
        case "2J":
            // Neither the cursor nor the rows above the screen change.
            for row in top..<self.cells.count { self.cells[row] = [] }
        case "H": (self.row, self.column) = (top, 0)
        case "?7l": self.wraps = false
        case "?7h": self.wraps = true
        case "?2004h": self.bracketsPaste = true
        case "?2004l": self.bracketsPaste = false
        case "2m": self.isDim = true
        case "0m", "m": self.isDim = false
        default: self.unknownCodes.append("Esc [ \(code)")
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        if scalar.properties.generalCategory == .nonspacingMark {
            guard self.column > 0 else { return }
            self.cells[self.row][self.column - 1].text.unicodeScalars.append(scalar)
            return
        }
        let width = (0x2E80...0xFFE6).contains(scalar.value) || scalar.properties.isEmojiPresentation ? 2 : 1
        if self.column + width > self.columns {
            if self.wraps {
                self.column = 0
                self.moveDown()
            } else {
                self.column = max(self.columns - width, 0)
            }
        }
        let missing = self.column + width - self.cells[self.row].count
        self.cells[self.row] += Array(repeating: Cell(), count: max(missing, 0))
        self.cells[self.row][self.column] = Cell(text: "\(scalar)", isDim: self.isDim)
        if width == 2 { self.cells[self.row][self.column + 1] = Cell(text: "", isDim: self.isDim) }
        self.column += width
    }

    private mutating func moveDown() {
        self.row += 1
        if self.row == self.cells.count { self.cells.append([]) }
    }
}
