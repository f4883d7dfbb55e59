/// The progress of a long run in one line: how much is done, how fast, and the time left.
package struct ProgressLine: Sendable {
    /// The size of a run.
    package enum Total: Sendable {
        case unknown
        case questions(Int)
        /// The bytes of a file.
        case bytes(Int)
    }

    private let total: Total

    /// Makes the line of a run of this size.
    package init(total: Total) {
        self.total = total
    }

    /// Returns the line.
    ///
    /// - Parameters:
    ///   - done: The number of questions answered or failed.
    ///   - doneBytes: The number of input bytes that these questions came from.
    ///   - elapsed: The time since the start, more than zero.
    /// - Returns: The line, its most important part first, because a narrow terminal cuts the end.
    package func text(done: Int, doneBytes: Int, after elapsed: Duration) -> String {
        let rate = Int(Double(done) / (elapsed / .seconds(1)))
        let pace = "\(Self.grouped(rate))/s"
        switch self.total {
        case .unknown:
            return "\(Self.grouped(done)) done, \(pace)"
        case .questions(let count):
            return
                "\(Self.grouped(done)) of \(Self.grouped(count)), \(pace)\(Self.rest(done, of: count, after: elapsed))"
        case .bytes(let count):
            let percent = count == 0 ? 100 : min(100, 100 * doneBytes / count)
            return "\(Self.grouped(done)) done, \(percent) %, \(pace)\(Self.rest(doneBytes, of: count, after: elapsed))"
        }
    }

    private static func rest(_ done: Int, of count: Int, after elapsed: Duration) -> String {
        guard done > 0 else { return "" }
        let seconds = Int((elapsed / .seconds(1)) * Double(max(0, count - done)) / Double(done))
        switch seconds {
        case ..<60: return ", \(seconds) s left"
        case ..<3600: return ", \(seconds / 60) min \(seconds % 60) s left"
        default: return ", \(seconds / 3600) h \(seconds % 3600 / 60) min left"
        }
    }

    private static func grouped(_ number: Int) -> String {
        let digits = String(number)
        return String(
            digits.enumerated().reduce(into: "") { text, digit in
                if digit.offset > 0, (digits.count - digit.offset).isMultiple(of: 3) { text += "," }
                text.append(digit.element)
            }
        )
    }
}
