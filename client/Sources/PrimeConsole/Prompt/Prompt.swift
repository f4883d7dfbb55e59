internal import NIOPosix
package import PrimeClient
internal import ProgramOptions
internal import SystemPackage

/// The interactive prompt: it reads numbers until the user quits, and shows each answer when it comes.
///
/// It never waits for answers before it takes the next number.
package struct Prompt: Sendable {
    /// The way a prompt ended.
    package enum Ending: Sendable {
        /// Every entry was valid and answered.
        case answered
        /// Some entries were not valid or not answered.
        case unanswered
        /// The user ended it by Ctrl-C.
        case interrupted
    }

    private let settings: PromptSettings
    private let history: HistoryFile?

    /// Prepares a prompt on stdin and stdout, which must be a terminal.
    ///
    /// - Parameters:
    ///   - client: The client to ask with; it must not retry, because the prompt does.
    ///   - server: The name of the server in messages.
    ///   - concurrency: The most questions under way at once, at least 1.
    ///   - history: The file for the lines typed; `nil` to keep none.
    ///   - color: Whether to use colour.
    ///   - greets: Whether to begin with a line that says what to type.
    package init(
        client: PrimeClient,
        server: String,
        concurrency: Int,
        history: HistoryFile?,
        color: ColorChoice,
        greets: Bool
    ) {
        let hasColor = color == .always || color == .auto && Environment["NO_COLOR"] == nil && Self.hasEscapeCodes
        self.settings = PromptSettings(
            client: client,
            server: server,
            concurrency: concurrency,
            style: AnswerStyle(hasColor: hasColor),
            greets: greets
        )
        self.history = history
    }

    /// Whether the terminal knows escape codes.
    private static var hasEscapeCodes: Bool {
        Environment["TERM"].map { $0 != "dumb" } ?? false
    }

    /// Runs until `quit`, Ctrl-D or Ctrl-C.
    ///
    /// After `quit` or Ctrl-D it waits for the answers still under way, unless the server is gone.
    ///
    /// - Returns: The way it ended.
    /// - Throws: `Errno`, ``TextOutput/ReaderGone`` or ``TextOutput/Failure`` if the terminal fails.
    package func run() async throws -> Ending {
        guard Self.hasEscapeCodes else {
            return try await Terminal.with(.canonical) { terminal in
                try await self.run(PlainScreen(terminal), on: terminal, history: nil)
            }
        }
        var history = self.history
        var lines: [String] = []
        do {
            lines = try await NIOThreadPool.singleton.runIfActive { [history] in try history?.lines() ?? [] }
        } catch {
            history = nil
            try TextOutput(.standardOutput).write("\(self.notice(of: error).printable)\n")
        }
        return try await Terminal.with(.raw) { [lines, history] terminal in
            try await self.run(EditedScreen(terminal, history: History(lines)), on: terminal, history: history)
        }
    }

    private func run(_ screen: some PromptScreen, on terminal: Terminal, history: HistoryFile?) async throws -> Ending {
        let events = PromptEvents()
        let (entered, remember) = AsyncStream.makeStream(of: [String].self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await events.read(terminal) }
            group.addTask { await self.keep(entered, in: history, events: events) }
            var session = PromptSession(self.settings, screen: screen, terminal: terminal, events: events) {
                if history != nil, !$0.isEmpty { remember.yield($0) }
            }
            let ending: Result<Ending, any Error>
            do {
                ending = .success(try await session.run())
            } catch {
                ending = .failure(error)
            }
            events.finish()
            remember.finish()
            try terminal.endReading()
            try await group.waitForAll()
            return try ending.get()
        }
    }

    /// Appends the lines entered to the history, on a pool thread, because a file on a network blocks.
    private func keep(
        _ entered: AsyncStream<[String]>,
        in history: HistoryFile?,
        events: PromptEvents
    ) async {
        guard let history else { return }
        for await lines in entered {
            do {
                try await NIOThreadPool.singleton.runIfActive { try history.add(lines) }
            } catch {
                return await events.send(notice: self.notice(of: error))
            }
        }
    }

    private func notice(of error: any Error) -> String {
        "what you type is not kept in \(self.history?.path.string ?? ""): \(error); use --no-history to keep nothing"
    }
}
