/// A batch of questions, and the invalid entries among them.
package struct EntryBatch {
    /// Each M, in the order of the lines.
    package private(set) var ordinals: [UInt32] = []
    /// The line of each M, counted from `firstLine`.
    private var lineOffsets: [UInt32] = []
    /// The number of the first line, from 1.
    private let firstLine: Int
    /// The invalid entries, in order; `place` is the index of the next M after the entry.
    package private(set) var problems: [(place: Int, line: Int, error: OrdinalSyntaxError)] = []
    /// The memory of the invalid entries.
    private var problemBytes = 0
    /// The offset in the input at which this batch ends.
    package var endOffset = 0

    /// Makes an empty batch.
    init(firstLine: Int) {
        self.firstLine = firstLine
    }

    /// Whether this batch should take no more entries, because each invalid one takes far more memory than a number.
    var hasManyProblems: Bool { self.problems.count >= 256 || self.problemBytes >= EntryReader.longestEntry }

    /// Appends an M.
    mutating func append(_ ordinal: UInt32, line: Int) {
        self.ordinals.append(ordinal)
        self.lineOffsets.append(UInt32(clamping: line - self.firstLine))
    }

    /// Appends an invalid entry.
    mutating func append(_ error: OrdinalSyntaxError, line: Int) {
        self.problems.append((self.ordinals.count, line, error))
        self.problemBytes += error.entry.utf8.count
    }

    var isEmpty: Bool { self.ordinals.isEmpty && self.problems.isEmpty }

    /// Returns the line number of the M at an index.
    package func line(at place: Int) -> Int { self.firstLine + Int(self.lineOffsets[place]) }
}
