internal import ProgramOptions

/// The failures that a run counts rather than prints, because it has printed others of the same kind.
///
/// Its memory is bounded, whatever the number of failures.
package struct FailureSummary: Sendable {
    /// The most failures of a kind to print, each in its place; further ones are counted.
    private static let shownLimit = 5
    /// The most ranges of lines to name for a kind.
    private static let rangeLimit = 8

    /// The failures of one kind.
    private struct Group: CustomStringConvertible {
        let kind: EntryFailure.Kind
        var shownCount = 0
        var count = 0
        /// The reason of the latest failure.
        var message = ""
        /// The first ranges of lines, and the last line.
        var lines: [ClosedRange<Int>] = []
        var lastLine = 0

        init(kind: EntryFailure.Kind) {
            self.kind = kind
        }

        mutating func count(_ failure: EntryFailure) {
            self.count += 1
            self.message = failure.message
            guard let line = failure.line else { return }
            self.lastLine = line
            if let range = self.lines.last, range.upperBound + 1 >= line {
                self.lines[self.lines.count - 1] = range.lowerBound...line
            } else if self.lines.count < FailureSummary.rangeLimit {
                self.lines.append(line...line)
            }
        }

        var description: String {
            let reason =
                switch self.kind {
                case .invalid(.notation): "not valid"
                case .invalid(.outOfRange): "out of range"
                case .invalid(.encoding), .invalid(.wideEncoding): "not UTF-8 text"
                case .unanswered: "without an answer: \(self.message)"
                }
            return "\(self.place)\(self.count) more \(reason)"
        }

        /// The lines: `lines 6..10, 12 and others up to 99: `.
        private var place: String {
            guard let last = self.lines.last else { return "" }
            let ranges = self.lines.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }
            let others = last.upperBound < self.lastLine ? " and others up to \(self.lastLine)" : ""
            let isOne = self.lines.first?.lowerBound == self.lastLine
            return "\(isOne ? "line" : "lines") \(ranges.joined(separator: ", "))\(others): "
        }
    }

    /// The kinds in the order of their first failures; there are few.
    private var groups: [Group] = []

    /// Makes an empty summary.
    package init() {}

    /// Takes a failure; the lines must come in ascending order.
    ///
    /// - Returns: Whether to print it; otherwise it is counted.
    package mutating func take(_ failure: EntryFailure) -> Bool {
        let index = self.groups.firstIndex { $0.kind == failure.kind } ?? self.groups.endIndex
        if index == self.groups.endIndex { self.groups.append(Group(kind: failure.kind)) }
        // Every line of a text in another encoding has the same fault.
        let limit = failure.kind == .invalid(.encoding) ? 1 : Self.shownLimit
        guard self.groups[index].shownCount == limit else {
            self.groups[index].shownCount += 1
            return true
        }
        self.groups[index].count(failure)
        return false
    }

    /// The lines to print at the end of the run, one for each kind that has counted failures.
    package var lines: [String] {
        self.groups.filter { $0.count > 0 }.map(\.description.printable)
    }
}
