/// The conditions under which the client uses colour.
package enum ColorChoice: String, CaseIterable, Sendable {
    /// If the terminal has colour and the environment does not set `NO_COLOR` (https://no-color.org).
    case auto
    case always, never
}

/// The look of an answer at the prompt.
package struct AnswerStyle: Sendable {
    private let hasColor: Bool

    package init(hasColor: Bool) {
        self.hasColor = hasColor
    }

    /// Returns an answer and, dimmed, the time since Enter: `prime(1000000) = 15485863  0.4 ms`.
    package func line(_ ordinal: UInt32, _ prime: UInt64, after duration: Duration) -> String {
        "prime(\(ordinal)) = \(prime)  \(self.dim(Self.text(of: duration)))"
    }

    /// Returns a text, dim if there is colour.
    package func dim(_ text: String) -> String { self.hasColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    /// Returns a duration with two or three digits, enough to compare; from a minute on, in two units.
    private static func text(of duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        let seconds = Int((milliseconds / 1000).rounded())
        let minutes = Int((milliseconds / 60_000).rounded())
        switch milliseconds {
        case ..<9.95: return "\(Self.rounded(milliseconds)) ms"
        case ..<999.5: return "\(Int(milliseconds.rounded())) ms"
        case ..<59_950: return "\(Self.rounded(milliseconds / 1000)) s"
        case ..<3_599_500: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(minutes / 60) h \(minutes % 60) min"
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
