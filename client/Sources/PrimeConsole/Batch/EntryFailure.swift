package import PrimeClient
internal import ProgramOptions

/// An entry without an answer, and the reason.
package struct EntryFailure: CustomStringConvertible {
    /// The kind of failure, by which a run counts its failures.
    package enum Kind: Hashable, Sendable {
        case invalid(OrdinalSyntaxError.Kind)
        case unanswered(PrimeClientError.Code)
    }

    /// The name of this program, which starts the line.
    package let programName: String
    /// The line number in the input; `nil` for an entry of the command line.
    package let line: Int?
    /// The number M, or the whole text that is not valid.
    package let value: String
    /// The kind of failure.
    package let kind: Kind
    /// The reason.
    package let message: String

    /// Describes an entry without an answer.
    package init(programName: String, line: Int?, value: String, kind: Kind, message: String) {
        self.programName = programName
        self.line = line
        self.value = value
        self.kind = kind
        self.message = message
    }

    /// The failure in one line, without control characters.
    package var description: String {
        let place = self.line.map { "line \($0): " } ?? ""
        let isOrdinal = if case .unanswered = self.kind { true } else { false }
        return "\(place)\(isOrdinal ? "M = " : "")\(self.value.clipped): \(self.message)".printable
    }
}
