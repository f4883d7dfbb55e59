/// An error in an entry: what is wrong, and what would be right.
package struct OrdinalSyntaxError: Error, Equatable, CustomStringConvertible {
    /// The kind of error, by which a run counts its errors.
    package enum Kind: Hashable, Sendable {
        /// The entry is no number and no range.
        case notation
        /// A number is less than 1 or greater than 4,294,967,295.
        case outOfRange
        /// The entry is not UTF-8.
        case encoding
        /// The input is not UTF-8 but a wide encoding, and ends here; a kind of its own, so that it is always told.
        case wideEncoding
    }

    /// The entry as it was written.
    package let entry: String
    /// The error, without the entry.
    package let problem: String
    /// The kind of error.
    package let kind: Kind

    /// Describes an error in an entry.
    ///
    /// - Parameters:
    ///   - entry: The entry as it was written.
    ///   - problem: The error, without the entry.
    ///   - kind: The kind of error.
    package init(entry: String, problem: String, kind: Kind = .notation) {
        self.entry = entry
        self.problem = problem
        self.kind = kind
    }

    /// The entry, shortened, and the error.
    package var description: String { "\(self.entry.clipped): \(self.problem)" }
}

extension OrdinalSyntaxError {
    /// The error of an entry that is not valid UTF-8.
    static func notUTF8(entry: String) -> Self {
        let problem = "not UTF-8 text; convert the input, for example: iconv -f LATIN1 -t UTF-8"
        return Self(entry: entry, problem: problem, kind: .encoding)
    }

    /// The error of an input in which no line can be read.
    static func wide(_ encoding: WideEncoding, entry: String) -> Self {
        let name = encoding.rawValue
        let problem = "the input is \(name) text, and the rest is not read; convert it: iconv -f \(name) -t UTF-8"
        return Self(entry: entry, problem: problem, kind: .wideEncoding)
    }

    /// The error of an entry that is longer than any number.
    static func tooLong(entry: String) -> Self {
        Self(entry: entry, problem: "longer than \(EntryReader.longestEntry) bytes; M has at most 10 digits")
    }
}

extension StringProtocol {
    /// The text, shortened to 60 scalars: one character may have any number of accents.
    var clipped: String {
        let scalars = self.unicodeScalars
        guard !scalars.dropFirst(60).isEmpty else { return String(self) }
        return "\(self[..<scalars.index(scalars.startIndex, offsetBy: 57)])…"
    }
}
