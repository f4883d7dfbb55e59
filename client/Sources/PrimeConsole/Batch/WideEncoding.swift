/// An encoding of text in which every character takes two or four bytes; this program reads UTF-8 only.
enum WideEncoding: String {
    case utf16 = "UTF-16"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case utf32 = "UTF-32"
    case utf32LittleEndian = "UTF-32LE"
    case utf32BigEndian = "UTF-32BE"

    /// Recognizes the encoding by a byte order mark, or by the zero bytes of a first character that is ASCII.
    ///
    /// - Parameter line: The bytes up to a newline.
    init?(ofLine line: ArraySlice<UInt8>) {
        var start = Array(line.prefix(4))
        while start.count < 4 { start.append(UInt8(ascii: "\n")) }
        switch (start[0], start[1], start[2], start[3]) {
        case (0xFF, 0xFE, 0, 0), (0, 0, 0xFE, 0xFF): self = .utf32
        case (0xFF, 0xFE, _, _), (0xFE, 0xFF, _, _): self = .utf16
        case (1..., 0, 0, 0): self = .utf32LittleEndian
        case (0, 0, 0, 1...): self = .utf32BigEndian
        case (1..., 0, _, _): self = .utf16LittleEndian
        case (0, 1..., _, _): self = .utf16BigEndian
        default: return nil
        }
    }
}
