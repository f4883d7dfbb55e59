/// A parser for the notations of M: numbers as programs print them, `10k`, `5M`, `100..200`, `100..200/10`.
package enum OrdinalParser {
    /// Parses one entry.
    ///
    /// - Parameter entry: An entry. Byte order marks around it are allowed, because files may have been joined, and so is
    ///   white space.
    /// - Returns: `nil` if there is nothing else.
    /// - Throws: ``OrdinalSyntaxError`` if the entry is not valid, or not from 1 to 4,294,967,295.
    package static func parse(_ entry: some StringProtocol) throws(OrdinalSyntaxError) -> Ordinals? {
        let entry = Substring(Substring(entry).unicodeScalars.trimmed)
        guard !entry.isEmpty else { return nil }
        guard let ordinals = Ordinals(entry) else { throw OrdinalMistake(entry: entry).error }
        return ordinals
    }
}

extension Ordinals {
    /// Reads a number or a range; `nil` if the entry is not valid.
    init?(_ entry: Substring) {
        guard let (start, tail) = entry.cut(at: "..") else {
            guard let number = WrittenNumber(entry).value else { return nil }
            self.init(first: number, last: number, step: 1)
            return
        }
        let (end, step) = tail.cut(at: "/") ?? (tail, "1")
        // In `1...5k` the third point belongs to no number.
        guard !end.hasPrefix("."), let first = WrittenNumber(start).value, let last = WrittenNumber(end).value,
            let step = WrittenNumber(step).value, first <= last
        else { return nil }
        self.init(first: first, last: last, step: step)
    }
}

extension Substring {
    /// Returns what stands before the first mark, and what stands after it; `nil` if there is no mark.
    func cut(at mark: String) -> (Substring, Substring)? {
        var rest = self.utf8
        while let place = rest.firstIndex(where: { $0 == mark.utf8.first }) {
            rest = rest[place...]
            if rest.starts(with: mark.utf8) { return (self[..<place], Substring(rest.dropFirst(mark.utf8.count))) }
            rest.removeFirst()
        }
        return nil
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
