/// The lines entered so far, oldest first.
package struct History: Sendable {
    /// The most lines, here and in the file.
    package static let limit = 1000

    package private(set) var lines: [String] = []

    /// Makes a history of the lines of earlier runs.
    package init(_ lines: some Sequence<String> = []) {
        for line in lines { self.add(line) }
    }

    /// Appends a line, unless it is blank or equal to the last one; beyond ``limit`` it drops the oldest.
    package mutating func add(_ line: String) {
        guard !line.allSatisfy(\.isWhitespace), line != self.lines.last else { return }
        if self.lines.count == Self.limit { self.lines.removeFirst() }
        self.lines.append(line)
    }
}
