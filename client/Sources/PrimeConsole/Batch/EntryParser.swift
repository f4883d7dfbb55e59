/// A parser that turns a stream of bytes into batches of questions.
///
/// It holds only the latest bytes and the rest of one range, so its memory is bounded.
package struct EntryParser {
    /// The longest line in bytes, without its comment; a longer number is a mistake.
    package static let longestLine = 64 * 1024

    private let parser = OrdinalParser()
    private var bytes: [UInt8] = []
    /// The start of the bytes not yet parsed.
    private var position = 0
    /// The offset of `bytes` in the input.
    private var droppedByteCount = 0
    /// The number of the line at `position`, from 1.
    private var line = 1
    /// Whether to skip the rest of the line, which is too long.
    private var isSkipping = false
    private var hasEnded = false
    /// Whether no line has had text, so that the input may be in a wide encoding.
    private var mayBeWide = true
    /// The rest of the range on the line before `position`.
    private var range: Ordinals?

    /// Whether the whole input is parsed.
    package var isAtEnd: Bool { self.hasEnded && self.range == nil && self.position == self.bytes.count }

    /// Whether more bytes may come.
    var canTakeMore: Bool { !self.hasEnded }

    /// Makes a parser at the start of an input.
    package init() {}

    /// Appends bytes; call it when ``next(limit:)`` has returned `nil`.
    package mutating func append(_ chunk: [UInt8]) {
        self.droppedByteCount += self.position
        self.bytes.removeFirst(self.position)
        self.bytes += chunk
        self.position = 0
    }

    /// Ends the input; the last line need not end in a line break.
    package mutating func end() {
        self.hasEnded = true
    }

    /// Returns the next batch.
    ///
    /// - Parameter limit: The most questions in the batch, at least 1.
    /// - Returns: `nil` if the parser needs more bytes, or has ended.
    package mutating func next(limit: Int) -> EntryBatch? {
        var batch = EntryBatch(firstLine: self.range == nil ? self.line : self.line - 1)
        while batch.ordinals.count < limit, !batch.hasManyProblems {
            if self.range != nil {
                self.expandRange(into: &batch, limit: limit)
            } else if !self.parsePlainLine(into: &batch), !self.parseLine(into: &batch) {
                break
            }
        }
        batch.endOffset = self.droppedByteCount + self.position
        return batch.isEmpty ? nil : batch
    }

    private mutating func expandRange(into batch: inout EntryBatch, limit: Int) {
        guard let range = self.range else { return }
        self.range = nil
        let offset = UInt32(clamping: self.line - 1 - batch.firstLine)
        for ordinal in range {
            guard batch.ordinals.count < limit else {
                self.range = Ordinals(first: ordinal, last: range.last, step: range.step)
                return
            }
            batch.ordinals.append(ordinal)
            batch.lineOffsets.append(offset)
        }
    }

    /// Parses a line of digits alone, with any line break: the fast path, without a `String`.
    ///
    /// - Returns: Whether it was such a line; otherwise the parser has not moved.
    private mutating func parsePlainLine(into batch: inout EntryBatch) -> Bool {
        guard !self.isSkipping else { return false }
        var index = self.position
        var value: UInt64 = 0
        while index < self.bytes.count {
            let digit = self.bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            index += 1
        }
        // At most ten digits, so `value` has not overflowed.
        guard index - self.position <= 10, let ordinal = UInt32(exactly: value), ordinal > 0 else { return false }
        guard index < self.bytes.count, self.bytes[index].isLineBreak else { return false }
        if self.bytes[index] == UInt8(ascii: "\r") {
            guard index + 1 < self.bytes.count else { return false }
            if self.bytes[index + 1] == UInt8(ascii: "\n") { index += 1 }
        }
        batch.ordinals.append(ordinal)
        batch.lineOffsets.append(UInt32(clamping: self.line - batch.firstLine))
        self.position = index + 1
        self.line += 1
        self.mayBeWide = false
        return true
    }

    /// Parses any line, which ends in LF, CR LF or CR.
    ///
    /// - Returns: Whether there was a complete line.
    private mutating func parseLine(into batch: inout EntryBatch) -> Bool {
        let pending = self.bytes[self.position...]
        guard let end = pending.firstIndex(where: \.isLineBreak) ?? (self.hasEnded ? pending.endIndex : nil) else {
            return self.parseOverlongLine(into: &batch)
        }
        guard !pending.isEmpty else { return false }
        let tail = pending[end...].dropFirst()
        let isAtReturn = pending[end...].first == UInt8(ascii: "\r")
        // The byte after the break may belong to it: the newline of CR LF, and the zero of UTF-16.
        if tail.isEmpty, !self.hasEnded, isAtReturn || self.mayBeWide && pending[..<end].contains(0) { return false }
        self.position = tail.startIndex + (isAtReturn && tail.first == UInt8(ascii: "\n") ? 1 : 0)
        if !self.isSkipping { self.parse(pending[..<end], isWhole: true, into: &batch) }
        self.isSkipping = false
        self.line += 1
        return true
    }

    /// Parses the start of a line that is too long, and skips the rest.
    ///
    /// - Returns: `false`, because the line is not complete.
    private mutating func parseOverlongLine(into batch: inout EntryBatch) -> Bool {
        let pending = self.bytes[self.position...]
        guard self.isSkipping || pending.count > Self.longestLine else { return false }
        self.position = pending.endIndex
        if !self.isSkipping { self.parse(pending, isWhole: false, into: &batch) }
        self.isSkipping = true
        return false
    }

    private mutating func parse(_ bytes: ArraySlice<UInt8>, isWhole: Bool, into batch: inout EntryBatch) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(OrdinalSyntaxError) {
            if self.mayBeWide, let encoding = self.wideEncoding(of: bytes) {
                // No later line can be read either.
                self.position = self.bytes.endIndex
                self.hasEnded = true
                throw .wide(encoding, entry: text)
            }
            self.mayBeWide = self.mayBeWide && bytes.allSatisfy { $0 == 0 }
            guard isWhole || bytes.contains(UInt8(ascii: "#")) else {
                throw OrdinalSyntaxError(entry: text, problem: "the line is longer than \(Self.longestLine) bytes")
            }
            guard let ordinals = try self.parser.parse(line: text) else { return }
            if ordinals.first == ordinals.last {
                batch.ordinals.append(ordinals.first)
                batch.lineOffsets.append(UInt32(clamping: self.line - batch.firstLine))
            } else {
                self.range = ordinals
            }
        } catch {
            // Text of Latin-1, most likely. A comment may be in any encoding.
            let isForeign =
                isWhole && error.kind != .wideEncoding
                && String(validating: bytes.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self) == nil
            batch.append(isForeign ? .notUTF8(entry: error.entry) : error, line: self.line)
        }
    }

    private func wideEncoding(of line: ArraySlice<UInt8>) -> WideEncoding? {
        let lineAndBreak = self.bytes[line.startIndex...].prefix(line.count + 2)
        return WideEncoding(line: line, lineAndBreak: lineAndBreak, offset: self.droppedByteCount + line.startIndex)
    }
}

extension UInt8 {
    /// Whether this is LF or CR.
    var isLineBreak: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
}
