/// A batch of questions, and the invalid lines among them.
package struct EntryBatch {
    /// Each M, in the order of the lines.
    package var ordinals: [UInt32] = []
    /// The line of each M, counted from `firstLine`.
    package var lineOffsets: [UInt32] = []
    /// The number of the first line, from 1.
    package var firstLine: Int
    /// The invalid lines, in order; `place` is the index of the next M after the line.
    package var problems: [(place: Int, line: Int, error: OrdinalSyntaxError)] = []
    /// The offset in the input at which this batch ends.
    package var endOffset = 0

    var isEmpty: Bool { self.ordinals.isEmpty && self.problems.isEmpty }

    /// Returns the line number of the M at an index.
    package func line(at place: Int) -> Int { self.firstLine + Int(self.lineOffsets[place]) }
}
