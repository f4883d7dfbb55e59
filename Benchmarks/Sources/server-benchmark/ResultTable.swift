import Measurement

/// The figures of all subjects in all cases and rounds.
struct ResultTable {
    /// The rows of the table, in order.
    private var rows: [(name: String, unit: Unit)] = []
    private var figures: [String: [String: [Double]]] = [:]
    private let subjects: [String]

    /// The unit of a figure; it decides whether more or less is better.
    enum Unit {
        case perSecond
        case milliseconds
        case microseconds
        case bytes
    }

    /// Creates a table with one column per subject; the first subject is compared with each of the others.
    init(subjects: [String]) {
        self.subjects = subjects
    }

    /// Adds a figure of one round.
    mutating func add(_ figure: Double, _ unit: Unit, in row: String, of subject: String) {
        if !self.rows.contains(where: { $0.name == row }) { self.rows.append((row, unit)) }
        self.figures[row, default: [:]][subject, default: []].append(figure)
    }

    /// The table in Markdown: medians with minimum and maximum, and the ratio of the first subject to each other one.
    var markdown: String {
        let ratios = self.subjects.dropFirst().map { "\(self.subjects[0]) : \($0)" }
        let header = ["case"] + self.subjects + ratios
        let rule = header.map { _ in "---" }
        let lines = self.rows.map { row, unit in
            let figures = self.figures[row] ?? [:]
            let cells = self.subjects.map { figures[$0].map(unit.describe) ?? "–" }
            return [row] + cells + self.subjects.dropFirst().map { self.ratio(row: row, unit, to: $0) }
        }
        return ([header, rule] + lines).map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    private func ratio(row: String, _ unit: Unit, to subject: String) -> String {
        let medians = [self.subjects[0], subject].compactMap { self.figures[row]?[$0].map { Samples($0).median } }
        guard medians.count == 2, medians[0] > 0, medians[1] > 0 else { return "–" }
        let ratio = unit == .perSecond ? medians[0] / medians[1] : medians[1] / medians[0]
        return "\(ratio.rounded(toDecimals: 2))"
    }
}

extension ResultTable.Unit {
    /// Returns the median, the minimum and the maximum as text.
    fileprivate func describe(_ figures: [Double]) -> String {
        let extremes = "\(self.describe(figures.min() ?? 0)) … \(self.describe(figures.max() ?? 0))"
        return "\(self.describe(Samples(figures).median)) (\(extremes))"
    }

    private func describe(_ figure: Double) -> String {
        switch self {
        case .perSecond where figure >= 1_000_000: "\((figure / 1_000_000).rounded(toDecimals: 2)) M/s"
        case .perSecond: "\((figure / 1000).rounded(toDecimals: 1)) k/s"
        case .milliseconds: "\(figure.rounded(toDecimals: 1)) ms"
        case .microseconds: "\(figure.rounded(toDecimals: 2)) µs"
        case .bytes where figure >= 1_048_576: "\((figure / 1_048_576).rounded(toDecimals: 1)) MiB"
        case .bytes: "\((figure / 1024).rounded(toDecimals: 1)) KiB"
        }
    }
}
