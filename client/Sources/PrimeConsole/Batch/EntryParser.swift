/// A parser that turns a stream of bytes into batches of questions.
///
/// It holds only the latest bytes and the rest of one range, so its memory is bounded.
package struct EntryParser {
    private var reader: EntryReader
    /// The rest of the range that the reader has read last, and its line.
    private var range: (ordinals: Ordinals, line: Int)?

    /// Whether the whole input is parsed.
    package var isAtEnd: Bool { self.reader.isAtEnd && self.range == nil }

    /// Whether more bytes may come.
    var canTakeMore: Bool { self.reader.canTakeMore }

    /// Makes a parser at the start of an input.
    package init() {
        self.reader = EntryReader()
    }

    /// Makes a parser of a whole text.
    init(_ text: String) {
        self.reader = EntryReader(text)
    }

    /// Appends bytes; call it when ``next(limit:)`` has returned `nil`.
    package mutating func append(_ chunk: [UInt8]) {
        self.reader.append(chunk)
    }

    /// Ends the input; the last line need not end in a line break.
    package mutating func end() {
        self.reader.end()
    }

    /// Returns the next batch.
    ///
    /// - Parameter limit: The most questions in the batch, at least 1.
    /// - Returns: `nil` if the parser needs more bytes, or has ended.
    package mutating func next(limit: Int) -> EntryBatch? {
        var batch = EntryBatch(firstLine: self.range?.line ?? self.reader.line)
        while batch.ordinals.count < limit, !batch.hasManyProblems {
            if self.range != nil {
                self.expandRange(into: &batch, limit: limit)
                continue
            }
            guard let entry = self.reader.next() else { break }
            switch entry.ordinals {
            case .success(let ordinals) where ordinals.first == ordinals.last:
                batch.append(ordinals.first, line: entry.line)
            case .success(let ordinals): self.range = (ordinals, entry.line)
            case .failure(let error): batch.append(error, line: entry.line)
            }
        }
        batch.endOffset = self.reader.offset
        return batch.isEmpty ? nil : batch
    }

    private mutating func expandRange(into batch: inout EntryBatch, limit: Int) {
        guard let (range, line) = self.range else { return }
        self.range = nil
        for ordinal in range {
            guard batch.ordinals.count < limit else {
                self.range = (Ordinals(first: ordinal, last: range.last, step: range.step), line)
                return
            }
            batch.append(ordinal, line: line)
        }
    }
}
