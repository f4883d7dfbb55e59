internal import PrimeClient

/// The state machine of a ``BatchRun``, a plain value: event in, action out.
struct BatchFlow {
    /// The completion of an action, or a wake-up of the run.
    enum Event: Sendable {
        /// Bytes of the input; none at its end.
        case read([UInt8])
        case readingFailed(any Error)
        case answered(Int, BatchAnswers)
        /// A batch is written. The value says whether every entry was valid and answered.
        case written(Bool)
        /// The reader of stdout has closed the pipe.
        case readerGone
        /// The client tries again after this failure.
        case trouble(PrimeClientError)
        /// It is time to show the progress.
        case tick
        /// The wait for a signal is over.
        case interrupted
    }

    /// Work to do; its completion comes back as an ``Event``.
    enum Action {
        case read
        case ask(Int, [UInt32])
        case write(EntryBatch, BatchAnswers)
    }

    private let limits: BatchRun.Limits
    private var parser: EntryParser
    /// The batches that are not yet written, by number.
    private var batches: [Int: EntryBatch] = [:]
    /// The answers to batches that are not yet written, by number.
    private var answered: [Int: BatchAnswers] = [:]
    private var askedCount = 0
    private var writtenCount = 0
    private var isReading = false
    private(set) var isWriting = false
    /// The number of questions whose answer or failure is written.
    private(set) var doneCount = 0
    /// The number of input bytes that these questions came from.
    private(set) var doneBytes = 0
    /// Whether every entry so far was valid and answered.
    private(set) var allAnswered = true
    /// The error that ended the input.
    private(set) var inputError: (any Error)?

    /// Starts a run.
    ///
    /// - Parameters:
    ///   - parser: An empty parser if there is an input, otherwise one that holds every entry.
    ///   - limits: How many questions may be under way at once.
    ///   - hasInput: Whether the run reads an input.
    init(parser: EntryParser, limits: BatchRun.Limits, hasInput: Bool) {
        self.parser = parser
        self.limits = limits
        precondition(hasInput || !parser.canTakeMore, "the run has no input, and its parser expects more bytes")
    }

    /// Whether the whole input is read and every answer is written.
    var isDone: Bool { self.parser.isAtEnd && self.batches.isEmpty && !self.isReading }

    /// Returns the next action; `nil` if there is none until the next event.
    mutating func next() -> Action? {
        if !self.isWriting, let answers = self.answered.removeValue(forKey: self.writtenCount),
            let batch = self.batches[self.writtenCount]
        {
            self.isWriting = true
            return .write(batch, answers)
        }
        guard self.batches.count < self.limits.batchLimit, !self.isReading else { return nil }
        if let batch = self.parser.next(limit: self.limits.batchSize) {
            self.batches[self.askedCount] = batch
            self.askedCount += 1
            return .ask(self.askedCount - 1, batch.ordinals)
        }
        guard self.parser.canTakeMore else { return nil }
        self.isReading = true
        return .read
    }

    /// Updates the state for an event.
    mutating func handle(_ event: Event) {
        switch event {
        case .read(let bytes):
            self.isReading = false
            if bytes.isEmpty { self.parser.end() } else { self.parser.append(bytes) }
        case .readingFailed(let error):
            self.isReading = false
            self.inputError = error
            self.parser.end()
        case .answered(let number, let answers):
            self.answered[number] = answers
        case .written(let allAnswered):
            self.isWriting = false
            guard let batch = self.batches.removeValue(forKey: self.writtenCount) else { return }
            self.writtenCount += 1
            self.doneCount += batch.ordinals.count
            self.doneBytes = batch.endOffset
            self.allAnswered = self.allAnswered && allAnswered
        case .readerGone, .trouble, .tick, .interrupted:
            break
        }
    }
}
