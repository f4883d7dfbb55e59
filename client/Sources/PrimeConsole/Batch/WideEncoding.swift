/// An encoding of text in which every character takes two or four bytes; this program reads UTF-8 only.
enum WideEncoding: String {
    case utf16 = "UTF-16"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case utf32 = "UTF-32"
    case utf32LittleEndian = "UTF-32LE"
    case utf32BigEndian = "UTF-32BE"

    private static let byteOrderMarks: [(bytes: [UInt8], encoding: Self)] = [
        ([0xFF, 0xFE, 0, 0], .utf32), ([0, 0, 0xFE, 0xFF], .utf32), ([0xFF, 0xFE], .utf16), ([0xFE, 0xFF], .utf16),
    ]

    /// The bytes of a character in ASCII: their number, and the place of the one that is not zero.
    private static let asciiForms: [(width: Int, place: Int, encoding: Self)] = [
        (2, 0, .utf16LittleEndian), (2, 1, .utf16BigEndian), (4, 0, .utf32LittleEndian), (4, 3, .utf32BigEndian),
    ]

    /// Recognizes the encoding of an input by its byte order mark, or by the zero bytes of its first word.
    ///
    /// Every byte of the word must fit, so that a stray zero byte is an invalid entry and not the end of the input.
    ///
    /// - Parameters:
    ///   - word: The bytes between white space.
    ///   - wordAndNext: The word, and the two bytes after it.
    ///   - offset: The place of the word in the input, which tells big-endian from little-endian text after white space.
    init?(word: ArraySlice<UInt8>, wordAndNext: ArraySlice<UInt8>, offset: Int) {
        var encoding: Self?
        if offset == 0 { encoding = Self.byteOrderMarks.first { word.starts(with: $0.bytes) }?.encoding }
        if encoding == nil, word.contains(0), word.contains(where: { $0 != 0 }) {
            encoding =
                Self.asciiForms.first { form in
                    zip(offset..., wordAndNext).allSatisfy { ($1 != 0) == ($0 % form.width == form.place) }
                }?
                .encoding
        }
        guard let encoding else { return nil }
        self = encoding
    }
}
