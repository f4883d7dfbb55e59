internal import Glibc
internal import NIOPosix
package import PrimeClient
package import ProgramOptions
package import SystemPackage

/// A run without a prompt: asks many questions at once, and writes the answers in the order of the input.
package struct BatchRun: Sendable {
    /// How many questions may be under way at once; this bounds the memory of a run.
    package struct Limits: Sendable {
        /// The most questions in a batch, at least 1.
        let batchSize: Int
        /// The most batches that are asked and not yet written, at least 1.
        let batchLimit: Int

        /// For pipelined connections: enough to keep them full while other batches are written.
        package static let pipelined = Limits(batchSize: 4096, batchLimit: 8)
        /// For connections of one question each: fast answers may run up to 65,536 questions ahead of a slow one.
        package static let oneQuestionEach = Limits(batchSize: 256, batchLimit: 256)
    }

    private let client: PrimeClient
    private let limits: Limits
    private let writer: AnswerWriter
    private let showsProgress: Bool
    private let troubles: AsyncStream<PrimeClientError>

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - client: The client to ask with.
    ///   - limits: How many questions may be under way at once.
    ///   - format: The format of answers and failures.
    ///   - programName: The start of each failure's line.
    ///   - answers: The output for answers, one line each.
    ///   - errors: The output for failures, one line each, and for the progress of a long run if it is a terminal.
    ///   - showsProgress: Whether a long run shows its progress, and failures after which the client tries again.
    ///   - troubles: Failures after which the client tries again; a shortage on this machine is always shown.
    package init(
        client: PrimeClient,
        limits: Limits,
        format: AnswerFormat,
        programName: String,
        answers: TextOutput,
        errors: TextOutput,
        showsProgress: Bool,
        troubles: AsyncStream<PrimeClientError>
    ) {
        self.client = client
        self.limits = limits
        self.writer = AnswerWriter(format: format, programName: programName, answers: answers, errors: errors)
        self.showsProgress = showsProgress && isatty(errors.file.rawValue) == 1
        self.troubles = troubles
    }

    /// Asks for every M in a file.
    ///
    /// - Parameter input: Entries as ``EntryReader`` reads them.
    /// - Returns: Whether every entry was valid and every question answered.
    /// - Throws: ``InputFailure``, after the answers to all that could be read; ``TextOutput/ReaderGone``;
    ///   ``TextOutput/Failure``; `Errno` if the process may open no more files.
    package func run(_ input: FileDescriptor) async throws -> Bool {
        let interruption = try Interruption()
        let input = ByteInput(file: input, interruption: interruption)
        let progress = ProgressLine(total: input.remainingByteCount.map { .bytes($0) } ?? .unknown)
        return try await self.run(EntryParser(), input: input, interruption: interruption, progress: progress)
    }

    /// Asks for every M in a list.
    ///
    /// - Parameter entries: The arguments of the command line; each may have several entries and lines, as a file has.
    /// - Returns: Whether every entry was valid and every question answered.
    /// - Throws: ``TextOutput/ReaderGone``; ``TextOutput/Failure``; `Errno` if the process may open no more files.
    package func run(entries: [String]) async throws -> Bool {
        // A comment ends with its argument.
        let text = entries.joined(separator: "\n")
        let progress = ProgressLine(total: self.showsProgress ? .questions(Self.count(in: text)) : .unknown)
        return try await self.run(EntryParser(text), input: nil, interruption: Interruption(), progress: progress)
    }

    /// Returns the number of valid M in a text.
    private static func count(in text: String) -> Int {
        var reader = EntryReader(text)
        var count = 0
        while let entry = reader.next() { count += (try? entry.ordinals.get().count) ?? 0 }
        return count
    }

    private func run(
        _ parser: EntryParser,
        input: ByteInput?,
        interruption: Interruption,
        progress: ProgressLine
    ) async throws -> Bool {
        // Four calls can block a thread each: reading, writing, and waiting for signals and for the reader to close the pipe.
        let threads = NIOThreadPool(numberOfThreads: 4)
        var flow = BatchFlow(parser: parser, limits: self.limits, hasInput: input != nil)
        // Progress would disturb input that is typed at a terminal.
        let isTyped = input.map { isatty($0.file.rawValue) == 1 } ?? false
        var display = self.showsProgress && !isTyped ? ProgressDisplay(progress, on: self.writer.errors) : nil
        let signals = try EndingSignals()
        threads.start()
        let result: Result<Bool, any Error>
        do {
            try await withThrowingTaskGroup(of: BatchFlow.Event.self) { group in
                // The group waits for its tasks, so this wakes the blocked ones first.
                defer { interruption.interrupt() }
                let tick: CInt = display == nil ? -1 : 200
                group.addTask { try await threads.runIfActive { self.watch(interruption, milliseconds: tick) } }
                group.addTask { try await threads.runIfActive { self.obey(signals, interruption) } }
                group.addTask { await self.nextTrouble() }
                while true {
                    while let action = flow.next() {
                        switch action {
                        case .ask(let number, let ordinals):
                            group.addTask { .answered(number, await self.client.answers(to: ordinals)) }
                        case .read:
                            guard let input else { preconditionFailure("BatchFlow reads without an input") }
                            group.addTask { try await threads.runIfActive { Self.read(input) } }
                        case .write(let batch, let answers):
                            display?.hide()
                            group.addTask {
                                try await threads.runIfActive {
                                    .written(try self.writer.write(batch, answers, namesLines: input != nil))
                                }
                            }
                        }
                    }
                    guard !flow.isDone, let event = try await group.next() else { break }
                    switch event {
                    case .readerGone: throw TextOutput.ReaderGone()
                    case .tick:
                        if !flow.isWriting { display?.show(done: flow.doneCount, doneBytes: flow.doneBytes) }
                        group.addTask { try await threads.runIfActive { self.watch(interruption, milliseconds: tick) } }
                    case .trouble(let error):
                        if self.showsProgress || error.code == .shortage {
                            display?.hide()
                            self.writer.write(notice: "trying again: \(error.message)")
                        }
                        group.addTask { await self.nextTrouble() }
                    default: flow.handle(event)
                    }
                }
                group.cancelAll()
            }
            result = .success(flow.allAnswered)
        } catch {
            result = .failure(error)
        }
        signals.uninstall()
        display?.hide()
        self.writer.writeSummary()
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

    private func nextTrouble() async -> BatchFlow.Event {
        for await error in self.troubles { return .trouble(error) }
        return .interrupted
    }

    /// Waits for a signal that ends the process, and sums up the failures first.
    private func obey(_ signals: EndingSignals, _ interruption: Interruption) -> BatchFlow.Event {
        guard let signal = signals.next(interruption) else { return .interrupted }
        // A further signal ends the process even if stderr blocks.
        signals.uninstall()
        if self.showsProgress { try? self.writer.errors.write(ProgressDisplay.eraseLine) }
        self.writer.writeSummary()
        kill(getpid(), signal)
        return .interrupted
    }

    /// Waits until the reader of the answers closes the pipe, which may happen while there is nothing to write.
    private func watch(_ interruption: Interruption, milliseconds: CInt) -> BatchFlow.Event {
        switch interruption.wait(for: self.writer.answers.file, 0, milliseconds: milliseconds) {
        case .gone: .readerGone
        default: .tick
        }
    }
}

/// An error of reading the input.
package struct InputFailure: Error, CustomStringConvertible {
    /// The system's error.
    package let cause: any Error
    /// The error in one line.
    package var description: String { "cannot read the input: \(self.cause)" }
}
