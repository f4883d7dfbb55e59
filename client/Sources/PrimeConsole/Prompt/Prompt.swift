internal import NIOPosix
package import PrimeClient
internal import SystemPackage

/// Asks a person for numbers, for ever, and shows each answer when it comes.
///
/// The next number is taken at once, however many answers are still on their way.
package struct Prompt: Sendable {
    /// How a prompt ended.
    package enum Ending: Sendable {
        /// All that was typed was understood and answered.
        case answered
        /// Some of it was not.
        case unanswered
        /// The person pressed Ctrl-C.
        case interrupted
    }

    private let settings: PromptSettings
    private let history: HistoryFile?

    /// Prepares a prompt on stdin and stdout, which are a terminal.
    ///
    /// - Parameters:
    ///   - client: Whom to ask.
    ///   - server: What to call it.
    ///   - concurrency: How many questions may be under way at once; at least 1.
    ///   - history: Where to keep what was typed; `nil` for nowhere.
    ///   - color: When to use colour.
    package init(
        client: PrimeClient,
        server: String,
        concurrency: Int,
        history: HistoryFile?,
        color: ColorChoice
    ) {
        let hasColor = color == .always || color == .auto && Environment["NO_COLOR"] == nil && Self.hasEscapeCodes
        self.settings = PromptSettings(
            client: client,
            server: server,
            concurrency: concurrency,
            style: AnswerStyle(hasColor: hasColor)
        )
        self.history = history
    }

    /// Whether the terminal knows more than lines.
    private static var hasEscapeCodes: Bool {
        Environment["TERM"].map { $0 != "dumb" } ?? false
    }

    /// Runs until `quit`, Ctrl-D or Ctrl-C.
    ///
    /// What was asked by then is still answered, unless it was Ctrl-C, or the server is gone.
    ///
    /// - Returns: How it ended.
    /// - Throws: What reading from the terminal or writing to it throws.
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
            try TextOutput(.standardOutput).write("\(self.notice(of: error))\n")
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

    /// Writes what is entered to the history, on a thread that may be blocked: its file may lie far away.
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
        "what you type is not kept in \(self.history?.path.string ?? "") for the next time: \(error); "
            + "--no-history says so from the start"
    }
}
