extension Character {
    /// The number of columns of a terminal that the character takes; for some emoji one or two too many.
    ///
    /// Source of the wide ranges: Unicode 16, EastAsianWidth.txt, W and F, gaps within a script filled. A wrong
    /// width only scrolls a little early or late; see ``LineView``.
    package var columns: Int {
        if self.isASCII { return 1 }
        return self.unicodeScalars.reduce(0) { $0 + $1.columns }
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int {
        switch self.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch self.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CD5, 0x1AFF0...0x1B2FB, 0x20000...0x3FFFD:
            return 2
        default:
            return self.properties.isEmojiPresentation ? 2 : 1
        }
    }
}
