/// The drawing of the line being typed: the prompt, and the part of the line around the cursor that fits in one row.
package struct LineView: Sendable {
    /// The prompt outside a search.
    static let prompt = "M> "
    /// Moves the cursor to the first column and erases the rest of the screen.
    package static let eraseLine = "\r\u{1B}[J"
    /// Clears the screen and moves the cursor to its top.
    package static let clearScreen = "\u{1B}[H\u{1B}[2J"

    /// The index of the first character shown.
    private var first = 0

    package init() {}

    /// Draws the line in place of the one drawn before.
    ///
    /// - Parameters:
    ///   - line: The line and its cursor.
    ///   - prompt: The text before the line.
    ///   - columns: The screen's width.
    /// - Returns: The output, which the caller must write in one piece.
    package mutating func draw(_ line: EditedLine, after prompt: String, columns: Int) -> String {
        let promptColumns = prompt.reduce(0) { $0 + $1.columns }
        // A screen this narrow shows the line without the prompt.
        let prompt = promptColumns + 4 > columns ? "" : prompt
        // The last column stays free, because after it the cursor would move to the next row.
        let room = max(columns - 1 - (prompt.isEmpty ? 0 : promptColumns), 1)
        let shown = self.visiblePart(of: line, room: room)
        let before = String(line.characters[shown.lowerBound..<line.cursor])
        let after = String(line.characters[line.cursor..<shown.upperBound])
        // Terminals disagree about the width of some characters. So the terminal itself saves the cursor (Esc 7) and
        // restores it (Esc 8) after the rest is drawn, and meanwhile does not wrap lines (?7).
        return "\(Self.eraseLine)\u{1B}[?7l\(prompt)\(before)\u{1B}7\(after)\u{1B}8\u{1B}[?7h"
    }

    /// Returns the characters to show: scrolls only as far as the cursor needs, and back if there is room again.
    private mutating func visiblePart(of line: EditedLine, room: Int) -> Range<Int> {
        let characters = line.characters
        self.first = min(self.first, line.cursor)
        var width = characters[self.first..<line.cursor].reduce(0) { $0 + $1.columns }
        while width > room {
            width -= characters[self.first].columns
            self.first += 1
        }
        var end = line.cursor
        while end < characters.count, width + characters[end].columns <= room {
            width += characters[end].columns
            end += 1
        }
        while end == characters.count, self.first > 0, width + characters[self.first - 1].columns <= room {
            self.first -= 1
            width += characters[self.first].columns
        }
        return self.first..<end
    }
}
