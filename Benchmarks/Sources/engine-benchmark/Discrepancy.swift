/// An answer that the peer, or another way to ask, does not confirm: no time of this run is worth anything.
struct Discrepancy: Error, CustomStringConvertible {
    private let task: String
    private let seen: String
    private let expected: String

    private init(task: String, seen: String, expected: String) {
        self.task = task
        self.seen = seen
        self.expected = expected
    }

    var description: String { "wrong answer: \(self.task): seen \(self.seen), expected \(self.expected)" }

    /// Ends the run unless two answers agree.
    ///
    /// - Parameters:
    ///   - seen: What was measured.
    ///   - expected: What confirms it.
    ///   - task: What was asked, for the message.
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
