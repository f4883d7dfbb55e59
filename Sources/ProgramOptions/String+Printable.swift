extension String {
    /// The text in one line, with control characters escaped, so that foreign text cannot control a terminal or forge a line.
    ///
    /// The escapes are those of a Swift literal: `\r`, `\u{1B}`. The backslash itself becomes `\\`, so every text reads
    /// differently. Escape a text once, where it is printed.
    package var printable: String {
        // Most texts need no more than this look at their bytes.
        let isPlain = self.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        guard !isPlain else { return self }
        return self.unicodeScalars
            .map { $0.isPrintable && $0 != "\\" ? String($0) : $0.escaped(asASCII: true) }.joined()
    }
}

extension Unicode.Scalar {
    /// Whether a terminal shows it, and only that: it does not move the cursor, change colours, or reverse the text's direction.
    package var isPrintable: Bool {
        if self.isASCII { return (0x20...0x7E).contains(self.value) }
        switch self.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: return false
        case .unassigned where self.properties.isNoncharacterCodePoint: return false
        // The others that are invisible, such as fillers of Hangul. Variation selectors are part of visible characters.
        default: return !self.properties.isDefaultIgnorableCodePoint || self.properties.isVariationSelector
        }
    }
}
