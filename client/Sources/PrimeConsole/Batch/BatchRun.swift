internal import Glibc
internal import NIOPosix
package import PrimeClient
package import SystemPackage

/// Answers a stream of lines: many questions at once, the answers in the order of the lines.
package struct BatchRun: Sendable {
    /// How much is under way at once.
    package struct Limits: Sendable {
        /// How many questions are asked together, at least 1.
        let batchSize: Int
        /// How many such batches are neither printed nor given up, at least 1.
        let batchLimit: Int

        /// For pipelined connections: enough to keep them full while the answers of others are printed.
        package static let pipelined = Limits(batchSize: 4096, batchLimit: 8)
        /// For connections of one question each: the quick overtake a slow one by up to 65,536.
        package static let oneQuestionEach = Limits(batchSize: 256, batchLimit: 256)
    }

    private let client: PrimeClient
    private let limits: Limits
    private let format: AnswerFormat
    private let programName: String
    private let answers: TextOutput
    private let errors: TextOutput
    private let showsProgress: Bool

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - client: Whom to ask.
    ///   - limits: How much is under way at once, which bounds the memory.
    ///   - format: How answers are written.
    ///   - programName: Begins each line for a person about a question without an answer.
    ///   - answers: Takes a line an answer.
    ///   - errors: Takes a line for each question without an answer; if it is a terminal, the progress of a long run, too.
    ///   - showsProgress: Whether a long run shows its progress.
    package init(
        client: PrimeClient,
        limits: Limits,
        format: AnswerFormat = .tsv,
        programName: String,
        answers: TextOutput,
        errors: TextOutput,
        showsProgress: Bool = true
    ) {
        self.client = client
        self.limits = limits
        self.format = format
        self.programName = programName
        self.answers = answers
        self.errors = errors
        self.showsProgress = showsProgress && isatty(errors.file.rawValue) == 1
    }

    /// Asks for every M in the lines of a file.
    ///
    /// - Parameter input: What the user wrote; see ``OrdinalParser``.
    /// - Returns: Whether all lines were right and all questions answered.
    /// - Throws: ``InputFailure`` once all is answered that could be read; ``TextOutput/ReaderGone``, or
    ///   ``TextOutput/Failure``.
    package func run(_ input: FileDescriptor) async throws -> Bool {
        let interruption = try Interruption()
        let input = ByteInput(file: input, interruption: interruption)
        return try await self.run(
            EntryParser(),
            input: input,
            interruption: interruption,
            namesLines: true,
            progress: ProgressLine(total: input.remainingByteCount.map { .bytes($0) } ?? .unknown)
        )
    }

    /// Asks for every M in a list.
    ///
    /// - Parameter entries: What the user wrote on the command line; see ``OrdinalParser``.
    /// - Returns: Whether all entries were right and all questions answered.
    /// - Throws: ``TextOutput/ReaderGone``, or ``TextOutput/Failure``.
    package func run(entries: [String]) async throws -> Bool {
        var parser = EntryParser()
        parser.append(Array(entries.joined(separator: "\n").utf8))
        parser.end()
        let count = entries.reduce(0) { $0 + ((try? OrdinalParser().parse(line: $1)?.count) ?? 0) }
        return try await self.run(
            parser,
            input: nil,
            interruption: Interruption(),
            namesLines: false,
            progress: ProgressLine(total: .questions(count))
        )
    }

    private func run(
        _ parser: EntryParser,
        input: ByteInput?,
        interruption: Interruption,
        namesLines: Bool,
        progress: ProgressLine
    ) async throws -> Bool {
        // One thread each that may be blocked: in reading, in writing, and in waiting for the reader to go.
        let threads = NIOThreadPool(numberOfThreads: 3)
        threads.start()
        var flow = BatchFlow(parser: parser, limits: self.limits, hasInput: input != nil)
        let writer = AnswerWriter(
            format: self.format,
            programName: self.programName,
            answers: self.answers,
            errors: self.errors,
            namesLines: namesLines
        )
        // Whoever types the input at the terminal wants to see that.
        let isTyped = input.map { isatty($0.file.rawValue) == 1 } ?? false
        var display = self.showsProgress && !isTyped ? ProgressDisplay(progress, on: self.errors) : nil
        let result: Result<Bool, any Error>
        do {
            try await withThrowingTaskGroup(of: BatchFlow.Event.self) { group in
                // Before the group waits for its tasks, those that are blocked are woken.
                defer { interruption.interrupt() }
                let tick: CInt = display == nil ? -1 : 200
                group.addTask { try await threads.runIfActive { self.watch(interruption, milliseconds: tick) } }
                while true {
                    while let action = flow.next() {
                        switch action {
                        case .ask(let number, let ordinals):
                            group.addTask { .answered(number, await self.client.answers(to: ordinals)) }
                        case .read:
                            guard let input else { preconditionFailure("there is nothing to be read") }
                            group.addTask { try await threads.runIfActive { Self.read(input) } }
                        case .write(let batch, let answers):
                            display?.hide()
                            group.addTask {
                                try await threads.runIfActive { .written(try writer.write(batch, answers)) }
                            }
                        }
                    }
                    guard !flow.isDone, let event = try await group.next() else { break }
                    switch event {
                    case .readerGone: throw TextOutput.ReaderGone()
                    case .tick:
                        if !flow.isWriting { display?.show(done: flow.doneCount, doneBytes: flow.doneBytes) }
                        group.addTask { try await threads.runIfActive { self.watch(interruption, milliseconds: tick) } }
                    default: flow.handle(event)
                    }
                }
                group.cancelAll()
            }
            result = .success(flow.allAnswered)
        } catch {
            result = .failure(error)
        }
        display?.hide()
        try await threads.shutdownGracefully()
        if let error = flow.inputError { throw InputFailure(cause: error) }
        return try result.get()
    }

    private static func read(_ input: ByteInput) -> BatchFlow.Event {
        do {
            return .read(try input.read())
        } catch {
            return .readingFailed(error)
        }
    }

    /// Waits for the reader of the answers to go, who may do so when nothing is there to be written.
    private func watch(_ interruption: Interruption, milliseconds: CInt) -> BatchFlow.Event {
        switch interruption.wait(for: self.answers.file, 0, milliseconds: milliseconds) {
        case .gone: .readerGone
        default: .tick
        }
    }
}

/// What was to be asked could not be read.
package struct InputFailure: Error, CustomStringConvertible {
    /// The system's reason.
    package let cause: any Error
    /// What went wrong, in one line.
    package var description: String { "cannot read what to ask for: \(self.cause)" }
}
