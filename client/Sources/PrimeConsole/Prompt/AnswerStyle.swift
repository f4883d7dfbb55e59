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

    /// Returns an answer and, dimmed, the time it took: `prime(1000000) = 15485863  0.4 ms`.
    package func line(_ ordinal: UInt32, _ prime: UInt64, after duration: Duration) -> String {
        let time = Self.text(of: duration)
        return "prime(\(ordinal)) = \(prime)  \(self.hasColor ? "\u{1B}[2m\(time)\u{1B}[0m" : time)"
    }

    /// Returns a duration with two or three digits, enough to compare.
    private static func text(of duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        switch milliseconds {
        case ..<9.95: return "\(Self.rounded(milliseconds)) ms"
        case ..<999.5: return "\(Int(milliseconds.rounded())) ms"
        default: return "\(Self.rounded(milliseconds / 1000)) s"
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
