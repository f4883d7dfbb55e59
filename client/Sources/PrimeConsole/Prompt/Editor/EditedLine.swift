internal import ProgramOptions

/// A line of text with a cursor, and the operations of the editing keys.
package struct EditedLine: Equatable, Sendable {
    /// The most characters: more than any entry needs, and few enough to shift at every key.
    private static let longestLine = 4096
    /// The most bytes of a character: more than any script needs; further accents are dropped.
    private static let longestCharacterBytes = 64

    /// The text as the characters that a reader sees.
    package private(set) var characters: [Character] = []
    /// The number of characters before the cursor.
    package private(set) var cursor = 0

    package init() {}

    /// Makes a line with the cursor at its end.
    package init(_ text: String) {
        for scalar in text.unicodeScalars { self.insert(scalar) }
    }

    package var text: String { String(self.characters) }

    /// Inserts a scalar, which may join the character before the cursor, as an accent does.
    package mutating func insert(_ scalar: Unicode.Scalar) {
        // The zero-width joiner makes one emoji of several.
        guard scalar.isPrintable || scalar == "\u{200D}" else { return }
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

    /// Inserts text that was cut.
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

    /// Returns the start of the word before the cursor.
    package func wordStart(where isInWord: (Character) -> Bool = Self.isInWord) -> Int {
        let before = self.characters[..<self.cursor]
        guard let last = before.lastIndex(where: isInWord) else { return 0 }
        return before[..<last].lastIndex { !isInWord($0) }.map { $0 + 1 } ?? 0
    }

    /// The end of the word after the cursor.
    package var wordEnd: Int {
        let after = self.characters[self.cursor...]
        guard let first = after.firstIndex(where: Self.isInWord) else { return self.characters.count }
        return after[first...].firstIndex { !Self.isInWord($0) } ?? self.characters.count
    }

    package static func isInWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
    }

    // MARK: - Cutting

    /// Removes the text between the cursor and another position.
    ///
    /// - Parameter position: A position before or after the cursor, clamped to the line.
    /// - Returns: The text removed.
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
