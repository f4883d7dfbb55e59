/// The turns of all cases, shown as one table.
public struct Report: Sendable {
    /// A line of the table.
    public struct Case: Sendable {
        fileprivate let title: String
        fileprivate let target: Target?

        /// Names a case.
        ///
        /// - Parameters:
        ///   - title: The case's title, which must be unique.
        ///   - target: The target that the case should meet, if any.
        public init(_ title: String, target: Target? = nil) {
            self.title = title
            self.target = target
        }
    }

    private var cases: [(subject: Case, turns: [Turn])] = []

    /// Creates an empty report.
    public init() {}

    /// Adds a turn to a case; the first turn of a case appends the case to the table.
    public mutating func add(_ turn: Turn, to subject: Case) {
        if let position = self.cases.firstIndex(where: { $0.subject.title == subject.title }) {
            self.cases[position].turns.append(turn)
        } else {
            self.cases.append((subject, [turn]))
        }
    }
}

extension Report {
    /// How many targets are met, and which are not, in one line.
    ///
    /// A target that is not met is a result of the machine and the run, not a failure, and the line says so.
    public var summary: String {
        let verdicts = self.cases.filter { $0.subject.target != nil }.map { Self.isMet($0.subject, $0.turns) }
        let missed = self.cases.filter { Self.isMet($0.subject, $0.turns) == false }.map(\.subject.title)
        let judged = verdicts.compactMap(\.self).count
        var parts = ["\(judged - missed.count) of \(judged) targets met"]
        if judged < verdicts.count { parts.append("\(verdicts.count - judged) not compared, without their peers") }
        if !missed.isEmpty { parts.append("not met on this machine, in this run: \(missed.joined(separator: "; "))") }
        return parts.joined(separator: "; ")
    }

    /// Returns whether a case meets its target; `nil` if it has none, or not the peer that the target needs.
    private static func isMet(_ subject: Case, _ turns: [Turn]) -> Bool? {
        subject.target?.isMet(
            nanoseconds: Samples(turns.map(\.ours.median)).median,
            ratio: Self.median(turns.map(\.ratio))
        )
    }
}

extension Report: CustomStringConvertible {
    private static let header = ["case", "median", "spread", "p90", "p99", "peer", "ratio", "target", "met"]

    /// The table: a header, and one line per case, in columns.
    public var description: String {
        let rows = [Self.header] + self.cases.map { Self.row(for: $0.subject, turns: $0.turns) }
        let widths = Self.header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + padding : padding + row[column]
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func row(for subject: Case, turns: [Turn]) -> [String] {
        let medians = Samples(turns.map(\.ours.median))
        return [
            subject.title,
            Self.time(medians.median),
            turns.count > 1 ? "\(Int((medians.spread * 100).rounded())) %" : "-",
            Self.time(Self.median(turns.map { $0.ours.percentile(90) })),
            Self.time(Self.median(turns.map { $0.ours.percentile(99) })),
            Self.time(Self.median(turns.map(\.peer?.median))),
            Self.median(turns.map(\.ratio)).map { "\($0.threeDigits)x" } ?? "-",
            subject.target?.description ?? "-",
            Self.isMet(subject, turns).map { $0 ? "yes" : "no" } ?? "-",
        ]
    }

    private static func median(_ values: [Double?]) -> Double? {
        let known = values.compactMap(\.self)
        return known.isEmpty ? nil : Samples(known).median
    }

    private static func time(_ nanoseconds: Double?) -> String {
        nanoseconds.map { TimeText(nanoseconds: $0).description } ?? "-"
    }
}
