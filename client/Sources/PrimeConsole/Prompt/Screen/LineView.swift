/// How the line being typed appears on a screen: the prompt, and as much of the line around the cursor as there is room for.
package struct LineView: Sendable {
    /// The prompt, unless a search shows its own.
    static let prompt = "M> "
    /// Removes the row of the line being typed, and leaves the cursor at its beginning.
    package static let eraseLine = "\r\u{1B}[J"
    /// Clears the screen, and leaves the cursor at the top.
    package static let clearScreen = "\u{1B}[H\u{1B}[2J"

    /// The first character shown.
    private var first = 0

    package init() {}

    /// Draws the line in the place of the one drawn before.
    ///
    /// - Parameters:
    ///   - line: The line and its cursor.
    ///   - prompt: What stands before it.
    ///   - columns: The screen's width.
    /// - Returns: What is to be written to the terminal, in one piece.
    package mutating func draw(_ line: EditedLine, after prompt: String, columns: Int) -> String {
        let promptColumns = prompt.reduce(0) { $0 + $1.columns }
        // On a screen this narrow the line is worth more than the prompt.
        let prompt = promptColumns + 4 > columns ? "" : prompt
        // The last column stays free: behind it, the cursor would stand in the next row.
        let room = max(columns - 1 - (prompt.isEmpty ? 0 : promptColumns), 1)
        let shown = self.visiblePart(of: line, room: room)
        let before = String(line.characters[shown.lowerBound..<line.cursor])
        let after = String(line.characters[line.cursor..<shown.upperBound])
        // Terminals disagree about the width of some characters. So the terminal itself keeps the cursor's place (Esc 7 and
        // 8) while the rest is drawn, and for as long does not go on in the next row (?7).
        return "\(Self.eraseLine)\u{1B}[?7l\(prompt)\(before)\u{1B}7\(after)\u{1B}8\u{1B}[?7h"
    }

    /// Scrolls no further than the cursor needs, and back where there is room again.
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
