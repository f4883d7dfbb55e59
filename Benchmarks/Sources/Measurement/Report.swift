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
        let ratio = Self.median(turns.map(\.ratio))
        let isMet = subject.target?.isMet(nanoseconds: medians.median, ratio: ratio)
        return [
            subject.title,
            Self.time(medians.median),
            turns.count > 1 ? "\(Int((medians.spread * 100).rounded())) %" : "-",
            Self.time(Self.median(turns.map { $0.ours.percentile(90) })),
            Self.time(Self.median(turns.map { $0.ours.percentile(99) })),
            Self.time(Self.median(turns.map(\.peer?.median))),
            ratio.map { "\($0.threeDigits)x" } ?? "-",
            subject.target?.description ?? "-",
            isMet.map { $0 ? "yes" : "no" } ?? "-",
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
