/// The lines entered so far, oldest first.
package struct History: Sendable {
    /// How many lines are kept, here and in the file.
    package static let limit = 1000

    package private(set) var lines: [String] = []

    /// A history that begins with lines of earlier runs.
    package init(_ lines: some Sequence<String> = []) {
        for line in lines { self.add(line) }
    }

    /// Keeps a line, unless it is blank or the same as the last one; the oldest makes room.
    package mutating func add(_ line: String) {
        guard !line.allSatisfy(\.isWhitespace), line != self.lines.last else { return }
        if self.lines.count == Self.limit { self.lines.removeFirst() }
        self.lines.append(line)
    }
}
