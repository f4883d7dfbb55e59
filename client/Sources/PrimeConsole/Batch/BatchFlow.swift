internal import PrimeClient

/// What of a ``BatchRun`` is under way, and what comes next: event in, action out.
struct BatchFlow {
    /// What has come about.
    enum Event: Sendable {
        /// Bytes came; none at the end.
        case read([UInt8])
        case readingFailed(any Error)
        case answered(Int, BatchAnswers)
        /// A batch is written; whether all of it was understood and answered.
        case written(Bool)
        case readerGone
        case tick
    }

    /// What is to be done, and tells an event when it is.
    enum Action {
        case read
        case ask(Int, [UInt32])
        case write(EntryBatch, BatchAnswers)
    }

    private let limits: BatchRun.Limits
    private var parser: EntryParser
    /// By their numbers, those that are not yet written.
    private var batches: [Int: EntryBatch] = [:]
    /// Those that came before their turn.
    private var answered: [Int: BatchAnswers] = [:]
    private var askedCount = 0
    private var writtenCount = 0
    private var isReading = false
    private(set) var isWriting = false
    /// How many questions are answered or given up, and written.
    private(set) var doneCount = 0
    /// How many bytes of the input they came from.
    private(set) var doneBytes = 0
    /// Whether all that was written was answered.
    private(set) var allAnswered = true
    /// Why there is no more to be read.
    private(set) var inputError: (any Error)?

    /// Begins a run.
    ///
    /// - Parameters:
    ///   - parser: With all that is to be asked, unless there is an input.
    ///   - limits: How much may be under way at once.
    ///   - hasInput: Whether there is more to be read.
    init(parser: EntryParser, limits: BatchRun.Limits, hasInput: Bool) {
        self.parser = parser
        self.limits = limits
        precondition(hasInput || !parser.canTakeMore, "without an input the parser must have all")
    }

    /// Whether all has been read, asked and written.
    var isDone: Bool { self.parser.isAtEnd && self.batches.isEmpty && !self.isReading }

    /// Gives what is to be done now; `nil` if nothing is before the next event.
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

    /// Takes note of what an action has led to.
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
        case .readerGone, .tick:
            break
        }
    }
}
