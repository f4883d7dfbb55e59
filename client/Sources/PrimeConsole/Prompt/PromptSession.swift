internal import PrimeClient
internal import ProgramOptions

/// The settings of a prompt.
struct PromptSettings: Sendable {
    let client: PrimeClient
    /// The name of the server in messages.
    let server: String
    let concurrency: Int
    let style: AnswerStyle
    /// Whether to begin with a line that says what to type.
    let greets: Bool
}

/// The event loop of a prompt: it handles one event at a time, from the terminal or from the server.
struct PromptSession<Screen: PromptScreen> {
    private static var greeting: String { "Type M to see the M-th prime, such as 1000000; help shows more." }

    private static var help: String {
        """
        Type M to see the M-th prime: 1000000, 1,000,000, 1e6, 10k or 5M; several, as in
        1 2 3; or a range, such as 100..110 or 100..200/10. Up and Down bring back earlier
        lines, Ctrl-R searches them, Ctrl-_ undoes a change. stop or Ctrl-C drops what
        waits; quit or Ctrl-D ends the client when all is answered, another Ctrl-C at once.
        """
    }

    /// The most errors of a line that are shown, because the line may be prose.
    private static var mistakesShown: Int { 3 }

    private static var wayOut: String { "; Ctrl-C ends the client now" }

    private let settings: PromptSettings
    private let events: PromptEvents
    private let terminal: Terminal
    private let remember: ([String]) -> Void
    private var screen: Screen
    private var queue: TypedQuestions
    private var allAnswered = true
    /// Whether the server has ever answered.
    private var isServerKnown = false
    /// Whether the user has quit, and the session only waits for answers.
    private var isLeaving = false
    /// Whether the user has dropped the questions, and entered none since.
    private var hasStopped = false
    /// When the input came that the session is handling.
    private var inputTime = ContinuousClock.now

    init(
        _ settings: PromptSettings,
        screen: Screen,
        terminal: Terminal,
        events: PromptEvents,
        remember: @escaping ([String]) -> Void
    ) {
        self.settings = settings
        self.screen = screen
        self.terminal = terminal
        self.events = events
        self.remember = remember
        self.queue = TypedQuestions(concurrency: settings.concurrency)
    }

    /// Runs until the user quits and every question is answered, or the server is gone.
    mutating func run() async throws -> Prompt.Ending {
        try await withThrowingDiscardingTaskGroup { group in
            // After Ctrl-C the client does not wait for answers.
            defer { group.cancelAll() }
            return try await self.run(asking: &group)
        }
    }

    private mutating func run(
        asking group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws -> Prompt.Ending {
        let (events, client) = (self.events, self.settings.client)
        if self.settings.greets { try self.screen.show(self.settings.style.dim(Self.greeting)) }
        try self.screen.showPrompt()
        // A server that is not there is told before the first number.
        let check = self.queue.check()
        group.addTask { await events.ask(check, client) }
        for await event in events {
            let wasLeaving = self.isLeaving
            switch event {
            case .input(let input, let time):
                self.inputTime = time
                if try self.take(input) == .interrupted { return .interrupted }
            case .answered(let question, let prime): try self.take(prime, of: question)
            case .failed(let question, let error):
                try self.take(error, of: question)
            case .stillLeaving where self.queue.unanswered > 0:
                try self.screen.show("waiting for answers: \(self.queue.unanswered)\(Self.wayOut)")
            case .stillLeaving: break
            case .notice(let text): try self.report(text)
            }
            if self.isLeaving, self.queue.unanswered == 0 || self.queue.isServerGone { return try self.end() }
            if self.isLeaving, !wasLeaving { group.addTask { await events.announceStillLeaving() } }
            while let question = self.queue.next() { group.addTask { await events.ask(question, client) } }
        }
        return try self.end()
    }

    // MARK: - The terminal

    private mutating func take(_ input: Terminal.Input) throws -> Prompt.Ending? {
        let entries: [PromptEntry]
        switch input {
        case .bytes(let bytes): entries = try self.screen.take(bytes)
        case .silence(let silence): entries = try self.screen.take(silence)
        case .ended: entries = self.screen.end() + [.ended]
        case .resumed:
            if !self.isLeaving { try self.screen.showPrompt() }
            return nil
        case .resized:
            try self.screen.resize()
            return nil
        }
        self.remember(entries.compactMap { if case .line(let line) = $0 { line } else { nil } })
        for entry in entries {
            switch entry {
            case .interrupted(let clears) where self.isLeaving || !clears:
                guard self.isLeaving || self.hasStopped || self.queue.unanswered == 0 else {
                    try self.stop()
                    continue
                }
                try self.screen.hidePrompt()
                return .interrupted
            case .suspended:
                try self.screen.hidePrompt()
                if !self.terminal.suspend(), !self.isLeaving { try self.screen.showPrompt() }
            case .line(let line) where !self.isLeaving: try self.take(line)
            case .ended where !self.isLeaving: try self.leave()
            case .line, .ended, .interrupted: break
            }
        }
        return nil
    }

    private mutating func take(_ line: String) throws {
        switch line.prefix(while: { $0 != "#" }).lowercased().split(whereSeparator: \.isWhitespace) {
        case ["quit"], ["exit"]: try self.leave()
        case ["help"], ["?"]: try self.screen.show(Self.help)
        case ["stop"]: try self.stop()
        default:
            self.hasStopped = false
            try self.ask(line)
        }
    }

    private mutating func stop() throws {
        self.hasStopped = true
        let (dropped, left) = (self.queue.drop(), self.queue.unanswered)
        try self.screen.show("dropped: \(dropped); waiting for answers: \(left)\(left == 0 ? "" : Self.wayOut)")
    }

    private mutating func ask(_ line: String) throws {
        var reader = EntryReader(line)
        var mistakes = 0
        while let entry = reader.next() {
            switch entry.ordinals {
            case .success(let ordinals):
                if self.queue.add(ordinals, entered: self.inputTime) { continue }
                let (first, limit) = (ordinals.first, TypedQuestions.entryLimit)
                try self.report("\(limit) entries wait for answers; enter \(first) and what follows it again later")
                self.allAnswered = false
                return
            case .failure(let error):
                mistakes += 1
                if mistakes <= Self.mistakesShown { try self.report(error.description) }
                self.allAnswered = false
            }
        }
        let others = mistakes - Self.mistakesShown
        if others > 0 { try self.report("\(others) more of this line \(others == 1 ? "is" : "are") not valid") }
    }

    private mutating func leave() throws {
        self.isLeaving = true
        try self.screen.hidePrompt()
    }

    private mutating func end() throws -> Prompt.Ending {
        let count = self.queue.unanswered
        if count > 0 { try self.screen.show("\(count) \(count == 1 ? "question" : "questions") had no answer") }
        return self.allAnswered && count == 0 ? .answered : .unanswered
    }

    // MARK: - The server

    private mutating func take(_ prime: UInt64, of question: TypedQuestions.Question) throws {
        try self.tell(self.queue.answered(question), because: nil)
        self.isServerKnown = true
        guard let entered = question.entered, self.queue.isWanted(question) else { return }
        try self.screen.show(self.settings.style.line(question.ordinal, prime, after: .now - entered))
    }

    private mutating func take(_ error: PrimeClientError, of question: TypedQuestions.Question) throws {
        let mayComeBack =
            switch error.code {
            case .unreachable, .closedEarly, .timedOut: true
            // A name that has never resolved is misspelt, most likely.
            case .hostNotFound: self.isServerKnown
            default: false
            }
        if mayComeBack {
            // One broken connection does not show that the server is gone.
            let news = self.queue.failed(question, isCertain: error.code != .closedEarly)
            return try self.tell(news, because: error)
        }
        let isFromServer = [.noSuchPrime, .protocolViolation].contains(error.code)
        try self.tell(self.queue.answered(question, isFromServer: isFromServer), because: nil)
        if question.entered == nil { return try self.report("server \(self.settings.server): \(error)") }
        guard self.queue.isWanted(question) else { return }
        self.allAnswered = false
        try self.report("prime(\(question.ordinal)): \(error)")
    }

    private mutating func tell(_ news: TypedQuestions.News?, because error: PrimeClientError?) throws {
        switch news {
        case .serverIsGone:
            // A silent server may only be slow, and one without an address may still run.
            let isGone = self.isServerKnown && (error?.code == .unreachable || error?.code == .closedEarly)
            let state = isGone ? "is gone" : "does not answer"
            let reason = error.map { " (\($0))" } ?? ""
            try self.report(
                "server \(self.settings.server) \(state)\(reason)\(self.isLeaving ? "" : "; trying again")"
            )
        case .serverIsBack:
            try self.report("server \(self.settings.server) \(self.isServerKnown ? "is back" : "answers now")")
        case nil: break
        }
    }

    /// Shows a message that contains text from outside.
    private mutating func report(_ message: String) throws { try self.screen.show(message.printable) }
}
