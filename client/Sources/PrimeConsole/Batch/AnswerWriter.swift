internal import PrimeClient
internal import ProgramOptions
internal import Synchronization

/// The output of a batch run: answers to stdout and failures to stderr, in the order of the input.
final class AnswerWriter: Sendable {
    let answers: TextOutput
    let errors: TextOutput
    private let format: AnswerFormat
    private let programName: String
    /// Guards the failures that are counted; never held while writing.
    private let summary = Mutex(FailureSummary())

    init(format: AnswerFormat, programName: String, answers: TextOutput, errors: TextOutput) {
        self.format = format
        self.programName = programName
        self.answers = answers
        self.errors = errors
    }

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
        func report(line: Int, value: String, _ kind: EntryFailure.Kind, _ message: String) throws {
            let failure = EntryFailure(
                programName: self.programName,
                line: namesLines ? line : nil,
                value: value,
                kind: kind,
                message: message
            )
            // A program that reads JSON wants each of them.
            guard self.format == .json || self.summary.withLock({ $0.take(failure) }) else { return }
            // Answers come first, because both streams may be the same terminal.
            try self.answers.write(text)
            text.removeAll(keepingCapacity: true)
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
                try report(line: problem.line, value: error.entry, .invalid(error.kind), error.problem)
            }
            guard place < batch.ordinals.count else { break }
            while let failure = failures.first, failure.places.upperBound <= place { failures.removeFirst() }
            let ordinal = batch.ordinals[place]
            let prime = answers.primes[place]
            let error: PrimeClientError
            if let failure = failures.first, failure.places.contains(place) {
                error = failure.error
            } else if prime == 0 {
                error = .noSuchPrime(for: ordinal)
            } else {
                let microseconds = answers.microseconds[place]
                self.format.append(ordinal: ordinal, prime: prime, microseconds: microseconds, to: &text)
                continue
            }
            try report(line: batch.line(at: place), value: "\(ordinal)", .unanswered(error.code), error.message)
        }
        try self.answers.write(text)
        return batch.problems.isEmpty && answers.failures.isEmpty && !answers.primes.contains(0)
    }

    /// Writes a message about the run.
    func write(notice: String) {
        var text: [UInt8] = []
        self.format.append(notice: notice, programName: self.programName, to: &text)
        // An error of stderr cannot be reported.
        try? self.errors.write(text)
    }

    /// Writes the sums of the failures that were only counted.
    func writeSummary() {
        let lines = self.summary.withLock { $0.lines }
        // An error of stderr cannot be reported.
        try? self.errors.write(lines.map { "\(self.programName): \($0)\n" }.joined())
    }
}
