extension String {
    /// The text with its control characters written out, so that what somebody else wrote cannot command the terminal.
    var printable: String {
        guard self.unicodeScalars.contains(where: \.isCommand) else { return self }
        return self.unicodeScalars.map { $0.isCommand ? $0.escaped(asASCII: true) : String($0) }.joined()
    }
}

extension Unicode.Scalar {
    /// Whether it may move the cursor, change colours or turn the direction of text, rather than be seen.
    fileprivate var isCommand: Bool {
        switch self.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // Of the marks without a shape, only the joiner belongs into characters.
        case .format: self != "\u{200D}"
        default: false
        }
    }
}
