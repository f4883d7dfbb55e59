/// A line of text and the cursor in it, with all that editing keys do to them.
package struct EditedLine: Equatable, Sendable {
    /// More than any entry needs, and little enough to be shifted at every key; what is typed beyond it is dropped.
    private static let longestLine = 4096
    /// No script needs more for one character; a pasted heap of accents is cut here.
    private static let longestCharacterBytes = 64

    /// What has been typed, character by character as a reader sees them.
    package private(set) var characters: [Character] = []
    /// The number of characters before the cursor.
    package private(set) var cursor = 0

    package init() {}

    /// A line with the cursor at its end.
    package init(_ text: String) {
        for scalar in text.unicodeScalars { self.insert(scalar) }
    }

    package var text: String { String(self.characters) }

    /// Types a scalar, which may join the character before it, as an accent does.
    package mutating func insert(_ scalar: Unicode.Scalar) {
        guard scalar.isPrintable else { return }
        if !scalar.isASCII, self.cursor > 0 {
            var joined = String(self.characters[self.cursor - 1])
            joined.unicodeScalars.append(scalar)
            if joined.count == 1 {
                if joined.utf8.count <= Self.longestCharacterBytes {
                    self.characters[self.cursor - 1] = Character(joined)
                }
                return
            }
        }
        guard self.characters.count < Self.longestLine else { return }
        self.characters.insert(Character(scalar), at: self.cursor)
        self.cursor += 1
    }

    /// Puts in what was cut out elsewhere.
    package mutating func insert(_ text: [Character]) {
        let text = text.prefix(Self.longestLine - self.characters.count)
        self.characters.insert(contentsOf: text, at: self.cursor)
        self.cursor += text.count
    }

    // MARK: - Moving

    package mutating func move(by distance: Int) {
        self.move(to: self.cursor + distance)
    }

    package mutating func moveToStart() { self.cursor = 0 }

    package mutating func moveToEnd() { self.cursor = self.characters.count }

    package mutating func move(to position: Int) {
        self.cursor = min(max(position, 0), self.characters.count)
    }

    /// Where the word before the cursor begins.
    package func wordStart(where isInWord: (Character) -> Bool = Self.isInWord) -> Int {
        let before = self.characters[..<self.cursor]
        guard let last = before.lastIndex(where: isInWord) else { return 0 }
        return before[..<last].lastIndex { !isInWord($0) }.map { $0 + 1 } ?? 0
    }

    /// Where the word after the cursor ends.
    package var wordEnd: Int {
        let after = self.characters[self.cursor...]
        guard let first = after.firstIndex(where: Self.isInWord) else { return self.characters.count }
        return after[first...].firstIndex { !Self.isInWord($0) } ?? self.characters.count
    }

    package static func isInWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
    }

    // MARK: - Cutting

    /// Removes what lies between the cursor and another position.
    ///
    /// - Parameter position: Before the cursor or after it; one beyond an end of the line stands for that end.
    /// - Returns: What was removed.
    @discardableResult
    package mutating func cut(to position: Int) -> [Character] {
        let position = min(max(position, 0), self.characters.count)
        let range = min(position, self.cursor)..<max(position, self.cursor)
        let removed = Array(self.characters[range])
        self.characters.removeSubrange(range)
        self.cursor = range.lowerBound
        return removed
    }
}
