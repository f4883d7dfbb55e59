import ArgumentParser
import Glibc
import NIOCore
import PrimeClient
import PrimeConsole
import PrimeProtocol
import ProgramOptions
import SystemPackage

/// The client program: it reads options, then asks for the numbers of its arguments, its stdin or its prompt.
struct ClientCommand: Program {
    static let name = Self.invokedName(usual: "client")

    static let configuration = CommandConfiguration(
        commandName: Self.name,
        abstract: "Ask a server for the M-th prime, M from 1 to 4294967295.",
        usage: "\(Self.name) <host> <port> [<M> ...] [options]",
        discussion: """
              \(Self.name) localhost 8080               type numbers, see primes
              \(Self.name) localhost 8080 1 1e6 10k     three primes
              \(Self.name) localhost 8080 100..200/10   every tenth number of a range
              seq 1000 | \(Self.name) localhost 8080    the numbers of a pipe
              seq 1000000 | \(Self.name) localhost 8080 --reuse   a million lines

            At a terminal the client prompts for numbers and shows each answer when it comes. With arguments or a pipe \
            it prints one line per answer, M, a tab and the M-th prime, in the order of the input. Spaces and line breaks \
            separate entries; "#" starts a comment. M may be written 1000000, 1_000_000, 1,000,000, 1e6, 1.5e+06, 10k, \
            5M or 4G; 100..200 is a range, 100..200/10 every tenth number of it.

            Exit code: 0 all answered, 1 some not answered, 64 wrong command line, 130 interrupted.
            """,
        version: Self.version
    )

    typealias Port = Bounded<1, 65_535>

    /// The host and the port: there may be any number of M.
    static let parsedArgumentLimit = 2

    /// The number of files that the client opens besides its connections, and one connection.
    static let requiredFiles = 12

    /// Tasks have a thread for each core; the event loop, input, output, signals and the look-up of names have others.
    static let requiredThreads = System.coreCount + 8

    @Argument(help: "Name or address of the server.")
    var host: HostName

    @Argument(help: "TCP port of the server, 1 to 65535.")
    var port: Port

    @Argument(help: ArgumentHelp("Numbers and ranges to ask for; without any, those of stdin.", valueName: "M"))
    var entries: [String] = []

    @Flag(help: "Send many questions over each connection, rather than one: much faster.")
    var reuse = false

    @Option(help: "The most connections at once, 1 to 10000. (default: 64, or 4 with --reuse)")
    var concurrency: Bounded<1, 10_000>?

    @Option(help: "Seconds to wait for a connection, and then for each answer; 0 for no limit.")
    var timeout: Seconds = 10

    @Option(help: "How many times to retry if a connection fails, 0 to 1000, after pauses that grow from 0.1 to 5 s.")
    var retries: Bounded<0, 1000> = 5

    @Option(help: "Output without a prompt: tsv (M, tab, prime), json (an object per line) or value (prime alone).")
    var format: AnswerFormat = .tsv

    @Flag(help: "Hide the greeting of the prompt; without a prompt, the progress and retries that a terminal shows.")
    var quiet = false

    @Option(help: "Byte order of the numbers on the wire, big or little.")
    var byteOrder: ByteOrder = .big

    @Option(help: "Colour at the prompt: auto, always or never; auto follows NO_COLOR.")
    var color: ColorChoice = .auto

    @Flag(help: "Do not keep the lines typed at the prompt for the next run.")
    var noHistory = false

    mutating func take(_ arguments: ArraySlice<String>) throws {
        // An unset variable of a script, most likely. The run reports all other errors.
        guard !arguments.contains(where: Self.isEmpty) else {
            throw ValidationError("an M is empty; use a whole number from 1 to \(UInt32.max)")
        }
        self.entries = Array(arguments)
    }

    /// Whether no line of an argument has an entry.
    private static func isEmpty(_ argument: String) -> Bool {
        argument.split(whereSeparator: \.isNewline).allSatisfy { $0.prefix { $0 != "#" }.allSatisfy(\.isWhitespace) }
    }

    static func mistake(in arguments: [String]) -> String? {
        func advice(_ host: String, _ ports: String?...) -> String {
            let port = ports.compactMap(\.self).first(where: Port.accepts) ?? "8080"
            return "use \(Self.name) \(host.isEmpty ? "localhost" : host) \(port)"
        }
        guard let host = arguments.first else { return "the host and the port are missing; \(advice(""))" }
        let port = arguments.dropFirst().first
        if host.allSatisfy(\.isWhitespace) { return "the host is empty; \(advice("", port))" }
        if Port.accepts(host) {
            guard let port, HostName.accepts(port) else { return "the host is missing; \(advice("", host))" }
            return "the host comes before the port; \(advice(port, host))"
        }
        if !HostName.accepts(host) {
            // The parts of `http://localhost:8080/path`, `localhost:8080` or `[::1]:8080`.
            let start = host.firstRange(of: "://")?.upperBound ?? host.startIndex
            let address = host[start...].prefix { $0 != "/" }
            // A port follows the bracket of an IPv6 address, or the only colon.
            let bracket = address.lastIndex(of: "]")
            let mayHavePort = bracket != nil || address.count { $0 == ":" } == 1
            let tail = mayHavePort ? address[(bracket ?? address.startIndex)...] : ""
            let colon = tail.firstIndex(of: ":") ?? address.endIndex
            let name = address[..<colon].filter { $0 != "[" && $0 != "]" }
            let ownPort = String(address[colon...].dropFirst())
            let fault =
                start > host.startIndex
                ? "is a URL" : Port.accepts(ownPort) ? "has a port" : "is not a name or an address"
            return "host \(host) \(fault); \(advice(name, ownPort, port))"
        }
        guard let port else { return "the port is missing; \(advice(host))" }
        return Port.accepts(port) ? nil : "port \(port) is not valid; use \(Port.accepted)"
    }

    func run() async throws {
        // SwiftNIO has little work here, and each event loop takes three files.
        NIOSingletons.groupLoopCountSuggestion = 1
        let (troubles, trouble) = AsyncStream.makeStream(of: PrimeClientError.self)
        var configuration = self.clientConfiguration
        configuration.onTrouble = { trouble.yield($0) }
        do {
            let allAnswered = try await PrimeClient.withClient(
                host: self.host.name,
                port: self.port.value,
                configuration: configuration
            ) { client in
                try await self.answer(from: client, troubles)
            }
            guard allAnswered else { throw ProgramExit.failure.code }
        } catch is TextOutput.ReaderGone {
            // The reader has seen enough: success.
        }
    }

    /// Whether to prompt for numbers.
    private var isAtTerminal: Bool {
        self.entries.isEmpty && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    }

    private var clientConfiguration: PrimeClient.Configuration {
        var configuration = PrimeClient.Configuration(
            connectionUse: self.reuse ? .pipelined : .oneQuestionEach,
            connectionLimit: self.concurrency?.value
        )
        configuration.connectionLimit = min(
            configuration.connectionLimit,
            OpenFileLimit.connections(requiredFiles: Self.requiredFiles)
        )
        configuration.timeout = self.timeout.limit
        // The prompt retries itself, and shows when the server is gone.
        configuration.retries = self.isAtTerminal ? 0 : self.retries.value
        configuration.byteOrder = self.byteOrder
        return configuration
    }

    /// Answers at the prompt.
    ///
    /// - Returns: Whether every entry was valid and answered.
    /// - Throws: `ExitCode` after Ctrl-C, or an error of the terminal.
    private func runPrompt(with client: PrimeClient) async throws -> Bool {
        let prompt = Prompt(
            client: client,
            server: "\(self.host.name.contains(":") ? "[\(self.host.name)]" : self.host.name):\(self.port.value)",
            // With --reuse, `concurrency` limits connections, not questions.
            concurrency: (self.reuse ? nil : self.concurrency?.value) ?? 64,
            history: self.noHistory ? nil : .ofUser,
            color: self.color,
            greets: !self.quiet
        )
        switch try await prompt.run() {
        case .answered: return true
        case .unanswered: return false
        case .interrupted: throw ProgramExit.interrupted.code
        }
    }

    /// Answers at the prompt, or the arguments, or the lines of stdin.
    ///
    /// - Parameters:
    ///   - client: The client to ask with.
    ///   - troubles: Failures after which it tries again.
    /// - Returns: Whether every entry was valid and answered.
    /// - Throws: An error of stdin, stdout or the terminal; `ExitCode` after Ctrl-C.
    private func answer(
        from client: PrimeClient,
        _ troubles: AsyncStream<PrimeClientError>
    ) async throws -> Bool {
        if self.isAtTerminal { return try await self.runPrompt(with: client) }
        let batch = BatchRun(
            client: client,
            limits: self.reuse ? .pipelined : .oneQuestionEach,
            format: self.format,
            programName: Self.name,
            answers: TextOutput(.standardOutput),
            errors: TextOutput(.standardError),
            showsProgress: !self.quiet,
            troubles: troubles
        )
        return self.entries.isEmpty
            ? try await batch.run(.standardInput) : try await batch.run(entries: self.entries)
    }
}

extension AnswerFormat: WordOption {}

extension ColorChoice: WordOption {}
