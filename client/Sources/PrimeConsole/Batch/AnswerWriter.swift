internal import PrimeClient
internal import ProgramOptions

/// The output of a batch run: answers to stdout and failures to stderr, in the order of the input.
struct AnswerWriter: Sendable {
    let format: AnswerFormat
    let programName: String
    let answers: TextOutput
    let errors: TextOutput

    /// Writes a batch.
    ///
    /// - Parameters:
    ///   - batch: The questions.
    ///   - answers: What the client library returned for them.
    ///   - namesLines: Whether failures name their line; entries of the command line have none.
    /// - Returns: Whether every entry was valid and answered.
    /// - Throws: ``TextOutput/ReaderGone`` or ``TextOutput/Failure`` from stdout.
    func write(_ batch: EntryBatch, _ answers: BatchAnswers, namesLines: Bool) throws -> Bool {
        var text: [UInt8] = []
        text.reserveCapacity(batch.ordinals.count * (self.format == .json ? 64 : 24))
        func report(line: Int, value: String, isOrdinal: Bool, message: String) throws {
            // Answers come first, because both streams may be the same terminal.
            try self.answers.write(text)
            text.removeAll(keepingCapacity: true)
            let failure = EntryFailure(
                programName: self.programName,
                line: namesLines ? line : nil,
                value: value,
                isOrdinal: isOrdinal,
                message: message
            )
            var failureText: [UInt8] = []
            self.format.append(failure, to: &failureText)
            // An error of stderr cannot be reported.
            try? self.errors.write(failureText)
        }
        var problems = batch.problems[...]
        var failures = answers.failures[...]
        for place in 0...batch.ordinals.count {
            while let problem = problems.first, problem.place == place {
                problems.removeFirst()
                let error = problem.error
                try report(line: problem.line, value: error.shownEntry, isOrdinal: false, message: error.explanation)
            }
            guard place < batch.ordinals.count else { break }
            while let failure = failures.first, failure.places.upperBound <= place { failures.removeFirst() }
            let ordinal = batch.ordinals[place]
            let prime = answers.primes[place]
            let message: String
            if let failure = failures.first, failure.places.contains(place) {
                message = failure.error.message
            } else if prime == 0 {
                message = "the server says that there is no such prime; is it a server of primes?"
            } else {
                let microseconds = answers.microseconds[place]
                self.format.append(ordinal: ordinal, prime: prime, microseconds: microseconds, to: &text)
                continue
            }
            try report(line: batch.line(at: place), value: "\(ordinal)", isOrdinal: true, message: message)
        }
        try self.answers.write(text)
        return batch.problems.isEmpty && answers.failures.isEmpty && !answers.primes.contains(0)
    }
}
