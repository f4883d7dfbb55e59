/// Some of what the user asked for, and what of it was not understood.
package struct EntryBatch {
    /// Each M, in the order of the lines.
    package var ordinals: [UInt32] = []
    /// The line that each M stood on, counted from `firstLine`.
    package var lineOffsets: [UInt32] = []
    /// The number of the line that the batch begins with, from 1.
    package var firstLine: Int
    /// The lines that were not understood, each before the M at its place.
    package var problems: [(place: Int, line: Int, error: OrdinalSyntaxError)] = []
    /// How many bytes of the input end with this batch.
    package var endOffset = 0

    var isEmpty: Bool { self.ordinals.isEmpty && self.problems.isEmpty }

    /// The number of the line that an M stood on.
    package func line(at place: Int) -> Int { self.firstLine + Int(self.lineOffsets[place]) }
}
