/// A parser for the notations of M: numbers as programs print them, `10k`, `5M`, `100..200`, `100..200/10`.
package struct OrdinalParser: Sendable {
    /// Makes a parser.
    package init() {}

    /// Parses one line.
    ///
    /// - Parameter line: An entry; spaces around it and a `#` comment after it are allowed, and a byte order mark, because
    ///   files may have been joined.
    /// - Returns: `nil` for a line without an entry.
    /// - Throws: ``OrdinalSyntaxError`` if the entry is not valid, or not from 1 to 4,294,967,295.
    package func parse(line: some StringProtocol) throws(OrdinalSyntaxError) -> Ordinals? {
        let entry = Substring(line).unicodeScalars.prefix { $0 != "#" }.trimmed
        guard !entry.isEmpty else { return nil }
        var cursor = OrdinalCursor(entry: String(entry))
        let first = try cursor.readNumber()
        guard cursor.skip("..") else {
            try cursor.expectEnd()
            return Ordinals(first: first.value, last: first.value, step: 1)
        }
        let last = try cursor.readNumber()
        guard last.value >= first.value else {
            throw cursor.error("the range ends before it starts; use \(last.text.clipped)..\(first.text.clipped)")
        }
        guard cursor.skip("/") else {
            try cursor.expectEnd()
            return Ordinals(first: first.value, last: last.value, step: 1)
        }
        let step = try cursor.readNumber(called: "the step ")
        try cursor.expectEnd()
        return Ordinals(first: first.value, last: last.value, step: step.value)
    }
}

extension Substring.UnicodeScalarView {
    /// The text without white space and byte order marks around it.
    fileprivate var trimmed: Self {
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace || scalar == "\u{FEFF}" }
        let tail = self.drop(while: isBlank)
        guard let last = tail.lastIndex(where: { !isBlank($0) }) else { return tail[tail.endIndex...] }
        return tail[...last]
    }
}
