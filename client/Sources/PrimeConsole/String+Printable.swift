extension String {
    /// The text with control characters escaped, so that foreign text cannot control the terminal.
    var printable: String {
        guard !self.unicodeScalars.allSatisfy(\.isPrintable) else { return self }
        return self.unicodeScalars.map { $0.isPrintable ? String($0) : $0.escaped(asASCII: true) }.joined()
    }
}

extension Unicode.Scalar {
    /// Whether a terminal only shows it: it does not move the cursor, change colours, or reverse the text's direction.
    var isPrintable: Bool {
        if self.isASCII { return (0x20...0x7E).contains(self.value) }
        switch self.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return false
        // Of the invisible format characters, only the zero-width joiner is part of visible characters.
        case .format: return self == "\u{200D}"
        default: return true
        }
    }
}
