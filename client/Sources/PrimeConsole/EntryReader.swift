/// A reader of entries from a stream of bytes: white space separates entries, and `#` starts a comment to the end of the line.
///
/// It holds only the latest bytes, so its memory is bounded, however long a line is.
package struct EntryReader {
    /// An entry, and its place.
    package struct Entry {
        /// The number of the line, from 1.
        package let line: Int
        /// The numbers, or the error.
        package let ordinals: Result<Ordinals, OrdinalSyntaxError>
    }

    /// The longest entry in bytes; a longer number is a mistake.
    package static let longestEntry = 64 * 1024

    /// A part of the input of which the rest is skipped.
    private enum Skipped {
        case entry, comment
    }

    private var bytes: [UInt8] = []
    /// The start of the bytes not yet read.
    private var position = 0
    /// The offset of `bytes` in the input.
    private var droppedByteCount = 0
    /// The number of the line at `position`, from 1.
    private(set) var line = 1
    private var skipped: Skipped?
    private var hasEnded = false
    /// Whether there was no text yet, so that the input may be in a wide encoding.
    private var mayBeWide = true

    /// The number of bytes that are read.
    var offset: Int { self.droppedByteCount + self.position }

    /// Whether the whole input is read.
    var isAtEnd: Bool { self.hasEnded && self.position == self.bytes.count }

    /// Whether more bytes may come.
    var canTakeMore: Bool { !self.hasEnded }

    /// Makes a reader at the start of an input.
    init() {}

    /// Makes a reader of a whole text.
    package init(_ text: String) {
        self.bytes = Array(text.utf8)
        self.hasEnded = true
        self.mayBeWide = false
    }

    /// Appends bytes; call it when ``next()`` has returned `nil`.
    mutating func append(_ chunk: [UInt8]) {
        // The byte before may be the CR of CR LF.
        let dropped = max(0, self.position - 1)
        self.bytes.removeFirst(dropped)
        self.bytes += chunk
        self.position -= dropped
        self.droppedByteCount += dropped
    }

    /// Ends the input; the last line need not end in a line break.
    mutating func end() {
        self.hasEnded = true
    }

    /// Returns the next entry.
    ///
    /// - Returns: `nil` if the reader needs more bytes, or has ended.
    package mutating func next() -> Entry? {
        while self.skipToText() {
            if let ordinal = self.readPlainNumber() {
                let ordinals = Ordinals(first: ordinal, last: ordinal, step: 1)
                return Entry(line: self.line, ordinals: .success(ordinals))
            }
            do throws(OrdinalSyntaxError) {
                guard try self.checkEncoding(), let text = try self.readEntry() else { return nil }
                guard let ordinals = try OrdinalParser.parse(text) else { continue }
                return Entry(line: self.line, ordinals: .success(ordinals))
            } catch {
                return Entry(line: self.line, ordinals: .failure(error))
            }
        }
        return nil
    }

    /// Skips white space, comments, and the rest of an entry that is too long.
    ///
    /// - Returns: `false` if the reader needs more bytes, or has ended.
    private mutating func skipToText() -> Bool {
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            if byte.isLineBreak {
                if byte == UInt8(ascii: "\r") || !self.isAfterReturn { self.line += 1 }
                self.skipped = nil
            } else if self.skipped != .comment {
                if byte.isWhiteSpace {
                    self.skipped = nil
                } else if byte == UInt8(ascii: "#"), !self.mayBeWide {
                    self.skipped = .comment
                } else if self.skipped == nil {
                    return true
                }
            }
            self.position += 1
        }
        return false
    }

    private var isAfterReturn: Bool { self.position > 0 && self.bytes[self.position - 1] == UInt8(ascii: "\r") }

    /// Reads an entry of digits alone: the fast path, without a `String`.
    ///
    /// - Returns: `nil` for any other entry; then the reader has not moved.
    private mutating func readPlainNumber() -> UInt32? {
        var end = self.position
        var value: UInt64 = 0
        while end < self.bytes.count, self.bytes[end].isDigit {
            value = value &* 10 &+ UInt64(self.bytes[end] &- UInt8(ascii: "0"))
            end += 1
        }
        // At most ten digits, so `value` has not overflowed.
        guard end - self.position <= 10, let ordinal = UInt32(exactly: value), ordinal > 0,
            end < self.bytes.count, self.bytes[end].endsEntry, self.endOfGroups(from: self.position, end) == end
        else { return nil }
        self.position = end
        self.mayBeWide = false
        return ordinal
    }

    /// Reads any entry.
    ///
    /// - Returns: `nil` if the reader needs more bytes.
    /// - Throws: ``OrdinalSyntaxError`` if the entry is too long or not UTF-8.
    private mutating func readEntry() throws(OrdinalSyntaxError) -> String? {
        let start = self.position
        let rest = self.bytes[start...]
        let limited = rest.prefix(Self.longestEntry + 1)
        guard let end = limited.firstIndex(where: \.endsEntry) ?? (self.hasEnded ? limited.endIndex : nil),
            end - start <= Self.longestEntry
        else {
            guard limited.count > Self.longestEntry else { return nil }
            // The rest is skipped, because it may not have come yet.
            self.position = limited.endIndex
            self.skipped = .entry
            throw .tooLong(entry: String(decoding: limited.dropLast(), as: UTF8.self))
        }
        guard let end = self.endOfGroups(from: start, end) else { return nil }
        self.position = end
        let text = rest[..<end]
        // Text of Latin-1, most likely. A comment may be in any encoding.
        guard let entry = String(validating: text, as: UTF8.self) else {
            throw .notUTF8(entry: String(decoding: text, as: UTF8.self))
        }
        return entry
    }

    /// Returns the end of a number with spaces between thousands, such as `1 000 000`, which is refused as a whole.
    ///
    /// Groups that all could be numbers, as in `100 200 300`, are entries of their own.
    ///
    /// - Parameters:
    ///   - start: The start of an entry.
    ///   - end: The end of the entry.
    /// - Returns: `end` for any other entry; `nil` if the reader needs more bytes.
    private func endOfGroups(from start: Int, _ end: Int) -> Int? {
        guard (1...3).contains(end - start), self.bytes[start] != UInt8(ascii: "0"),
            self.bytes[start..<end].allSatisfy(\.isDigit)
        else { return end }
        var (groupEnd, lastZeroEnd) = (end, end)
        // The largest M has three more groups.
        for _ in 0..<3 where groupEnd < self.bytes.count && self.bytes[groupEnd] == UInt8(ascii: " ") {
            let tail = self.bytes[(groupEnd + 1)...].prefix(4)
            let digits = tail.prefix(while: \.isDigit)
            if digits.count == tail.count, tail.count < 4, !self.hasEnded { return nil }
            guard digits.count == 3, tail.dropFirst(3).allSatisfy(\.endsEntry) else { break }
            groupEnd = digits.endIndex
            if digits.first == UInt8(ascii: "0") { lastZeroEnd = groupEnd }
        }
        // In `100 200 300 000` the first group is an entry, because the number would be too large.
        let number = String(decoding: self.bytes[start..<lastZeroEnd].filter(\.isDigit), as: UTF8.self)
        let isEntry = UInt32(number) == nil && self.bytes[end + 1] != UInt8(ascii: "0")
        return isEntry ? end : lastZeroEnd
    }

    /// Checks at the first text whether the input is in a wide encoding.
    ///
    /// - Returns: `false` if the reader needs more bytes.
    /// - Throws: ``OrdinalSyntaxError`` if no later line can be read either.
    private mutating func checkEncoding() throws(OrdinalSyntaxError) -> Bool {
        guard self.mayBeWide else { return true }
        let rest = self.bytes[self.position...]
        let word = rest.prefix { !$0.isWhiteSpace }
        let wordAndNext = rest.prefix(word.count + 2)
        // A zero after the white space may belong to it.
        let isWhole = word.contains(0) ? wordAndNext.count == word.count + 2 : word.count < rest.count
        guard isWhole || self.hasEnded || rest.count > Self.longestEntry else { return false }
        if let encoding = WideEncoding(word: word, wordAndNext: wordAndNext, offset: self.offset) {
            self.position = self.bytes.endIndex
            self.hasEnded = true
            throw .wide(encoding, entry: String(decoding: word, as: UTF8.self))
        }
        self.mayBeWide = word.allSatisfy { $0 == 0 }
        return true
    }
}

extension UInt8 {
    /// Whether this is LF or CR.
    fileprivate var isLineBreak: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }

    /// Whether this is a space, or one of tab, LF, vertical tab, form feed and CR.
    fileprivate var isWhiteSpace: Bool {
        self == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(self)
    }

    fileprivate var endsEntry: Bool { self.isWhiteSpace || self == UInt8(ascii: "#") }
}
