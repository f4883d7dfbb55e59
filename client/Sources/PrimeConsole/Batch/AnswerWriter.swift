internal import PrimeClient

/// Writes the answers and failures of a batch in the order of its lines.
struct AnswerWriter: Sendable {
    let format: AnswerFormat
    let programName: String
    let answers: TextOutput
    let errors: TextOutput
    /// Whether the questions stood on lines, rather than on the command line.
    let namesLines: Bool

    /// Writes a batch.
    ///
    /// - Returns: Whether all of it was understood and answered.
    /// - Throws: What writing the answers throws.
    func write(_ batch: EntryBatch, _ answers: Answers) throws -> Bool {
        var text: [UInt8] = []
        text.reserveCapacity(batch.ordinals.count * (self.format == .json ? 64 : 24))
        var problems = batch.problems[...]
        var failures = answers.failures[...]
        for place in 0...batch.ordinals.count {
            while let problem = problems.first, problem.place == place {
                problems.removeFirst()
                try self.report(self.failure(problem.line, problem.error), after: &text)
            }
            guard place < batch.ordinals.count else { break }
            while let failure = failures.first, failure.places.upperBound <= place { failures.removeFirst() }
            let ordinal = batch.ordinals[place]
            let prime = answers.primes[place]
            if let failure = failures.first, failure.places.contains(place) {
                try self.report(self.failure(batch.line(at: place), ordinal, failure.error.message), after: &text)
            } else if prime == 0 {
                let message = "the server says that there is no such prime; is it a server of primes?"
                try self.report(self.failure(batch.line(at: place), ordinal, message), after: &text)
            } else {
                self.format.append(
                    ordinal: ordinal,
                    prime: prime,
                    microseconds: answers.microseconds[place],
                    to: &text
                )
            }
        }
        try self.answers.write(text)
        return batch.problems.isEmpty && answers.failures.isEmpty && !answers.primes.contains(0)
    }

    /// Writes the answers that come before a failure, then the failure: a person sees both on one terminal.
    private func report(_ failure: EntryFailure, after text: inout [UInt8]) throws {
        try self.answers.write(text)
        text.removeAll(keepingCapacity: true)
        var line: [UInt8] = []
        self.format.append(failure, to: &line)
        // Nobody is left to tell when stderr fails.
        try? self.errors.write(line)
    }

    private func failure(_ line: Int, _ error: OrdinalSyntaxError) -> EntryFailure {
        EntryFailure(
            programName: self.programName,
            line: self.namesLines ? line : nil,
            value: error.shownEntry,
            isOrdinal: false,
            message: error.explanation
        )
    }

    private func failure(_ line: Int, _ ordinal: UInt32, _ message: String) -> EntryFailure {
        EntryFailure(
            programName: self.programName,
            line: self.namesLines ? line : nil,
            value: "\(ordinal)",
            isOrdinal: true,
            message: message
        )
    }
}
