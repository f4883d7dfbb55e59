/// An answer that differs from the peer's or from a second way to ask; it makes the run's times worthless.
struct Discrepancy: Error, CustomStringConvertible {
    private let task: String
    private let seen: String
    private let expected: String

    private init(task: String, seen: String, expected: String) {
        self.task = task
        self.seen = seen
        self.expected = expected
    }

    var description: String { "wrong answer: \(self.task): got \(self.seen), expected \(self.expected)" }

    /// Throws unless two answers are equal.
    ///
    /// - Parameters:
    ///   - seen: The measured answer.
    ///   - expected: The answer to compare with.
    ///   - task: The question, for the message.
    /// - Throws: ``Discrepancy`` if they differ.
    static func unlessEqual<Answer: Equatable>(
        _ seen: Answer,
        _ expected: Answer,
        _ task: @autoclosure () -> String
    ) throws(Discrepancy) {
        guard seen != expected else { return }
        throw Discrepancy(task: task(), seen: "\(seen)", expected: "\(expected)")
    }
}
