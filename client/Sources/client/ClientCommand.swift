import ArgumentParser
import Glibc
import NIOCore
import PrimeClient
import PrimeConsole
import PrimeProtocol
import ProgramOptions
import SystemPackage

/// The client program: reads its options, then asks for what is typed, piped or given.
struct ClientCommand: Program {
    static let name = Self.invokedName(usual: "client")

    static let configuration = CommandConfiguration(
        commandName: Self.name,
        abstract: "Ask a server for the M-th prime, M from 1 to 4294967295.",
        usage: "\(Self.name) <host> <port> [<M> ...] [options]",
        discussion: """
              \(Self.name) localhost 8080                  type numbers, see primes
              \(Self.name) localhost 8080 1 1e6 10k        three primes
              \(Self.name) localhost 8080 100..200/10      every tenth of a range
              seq 1000 | \(Self.name) localhost 8080       each line of a pipe
              seq 1000000 | \(Self.name) localhost 8080 --reuse    a million lines

            At a terminal the client prompts for numbers and shows each answer when it comes. Given numbers or a pipe it \
            prints a line an answer, M, a tab and the M-th prime, in the order of the input; "#" begins a comment. \
            M may be written 1000000, 1_000_000, 1e6, 10k or 5M; 100..200 is a range, 100..200/10 every tenth of it.

            Exit code: 0 all answered, 1 some not, 64 wrong command line, 130 interrupted.
            """,
        version: Self.version
    )

    /// The least number of files with which a client can ask anything.
    private static let fewestFiles = 16

    /// The system lets the process have too few files.
    private struct TooFewFiles: Error, CustomStringConvertible {
        let limit: Int
        var description: String { "only \(limit) files may be open, \(fewestFiles) are needed; raise ulimit -n" }
    }

    @Argument(help: "Name or address of the server.")
    var host: String

    @Argument(help: "TCP port of the server, 1 to 65535.")
    var port: Int

    @Argument(help: ArgumentHelp("What to ask for; without any, lines are read from stdin.", valueName: "M"))
    var entries: [String] = []

    @Flag(help: "Ask many questions on few connections, rather than each on a connection of its own: faster by far.")
    var reuse = false

    @Option(help: "Connections at once, 1 to 10000. (default: 64, or 4 with --reuse)")
    var concurrency: Int?

    @Option(help: "Seconds to wait for a connection, and then for each answer.")
    var timeout: Seconds = 10

    @Option(help: "How often to ask again when a connection fails, 0 to 1000, after pauses that grow from 0.1 to 5 s.")
    var retries = 5

    @Option(
        help:
            "How a pipe's answers are written: tsv (M, a tab, the prime), json (an object a line) or value (the prime)."
    )
    var format: AnswerFormat = .tsv

    @Flag(help: "Show no progress. Else a run of more than a second does, if stderr is a terminal.")
    var quiet = false

    @Option(help: "Order of the bytes of a number, big or little.")
    var byteOrder: ByteOrder = .big

    @Option(help: "Colour at the prompt: auto, always or never; auto honours NO_COLOR.")
    var color: ColorChoice = .auto

    @Flag(help: "Keep nothing of what is typed at the prompt for the next time.")
    var noHistory = false

    func validate() throws {
        guard !self.address.allSatisfy(\.isWhitespace) else {
            throw ValidationError("the host is empty; take a name or an address")
        }
        guard !self.host.hasPrefix("[") || self.host.hasSuffix("]") else {
            throw ValidationError("host \(self.host) does not end with its bracket; the port goes behind it, apart")
        }
        if let colon = self.host.firstIndex(of: ":"), !self.host[colon...].dropFirst().contains(":") {
            let (name, port) = (self.host[..<colon], self.host[colon...].dropFirst())
            throw ValidationError("host \(self.host) holds a port, which goes behind it: \(Self.name) \(name) \(port)")
        }
        guard (1...65_535).contains(self.port) else {
            throw ValidationError("port \(self.port) is out of range; take one from 1 to 65535")
        }
        if let concurrency = self.concurrency, !(1...10_000).contains(concurrency) {
            throw ValidationError("--concurrency \(concurrency) is out of range; take 1 to 10000")
        }
        guard self.timeout.duration >= .milliseconds(1) else {
            throw ValidationError("--timeout \(self.timeout.defaultValueDescription) is too short; take 0.001 or more")
        }
        // Most likely a variable of a script that is not set; what is wrong otherwise, the run tells.
        guard !self.entries.contains(where: { $0.prefix { $0 != "#" }.allSatisfy(\.isWhitespace) }) else {
            throw ValidationError("an M is empty; take a whole number from 1 to \(UInt32.max)")
        }
        guard (0...1000).contains(self.retries) else {
            throw ValidationError("--retries \(self.retries) is out of range; take 0 to 1000")
        }
    }

    func run() async throws {
        // Whoever reads may go at any time, which writing is to find out, not a signal.
        signal(SIGPIPE, SIG_IGN)
        let limit = OpenFileLimit.raise()
        guard limit >= Self.fewestFiles else { throw TooFewFiles(limit: limit) }
        // All that SwiftNIO does here is little, and each of its loops needs three files.
        NIOSingletons.groupLoopCountSuggestion = 1
        do {
            let allAnswered = try await PrimeClient.withClient(
                host: self.address,
                port: self.port,
                configuration: self.configuration
            ) { client in
                try await self.answer(from: client)
            }
            guard allAnswered else { throw ExitCode.failure }
        } catch is TextOutput.ReaderGone {
            // The reader has seen enough, which is no failure of ours.
        }
    }

    /// The host without the brackets in which an IPv6 address stands where a port follows it.
    private var address: String {
        self.host.hasPrefix("[") && self.host.hasSuffix("]") ? "\(self.host.dropFirst().dropLast())" : self.host
    }

    /// Whether a person is to type numbers.
    private var isAtTerminal: Bool {
        self.entries.isEmpty && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    }

    private var configuration: PrimeClient.Configuration {
        var configuration = PrimeClient.Configuration(
            connectionUse: self.reuse ? .pipelined : .oneQuestionEach,
            connectionLimit: self.concurrency
        )
        configuration.timeout = self.timeout.duration
        // The prompt tells that the server is gone, and asks again itself.
        configuration.retries = self.isAtTerminal ? 0 : self.retries
        configuration.byteOrder = self.byteOrder
        return configuration
    }

    /// Answers at the prompt.
    private func runPrompt(with client: PrimeClient) async throws -> Bool {
        let prompt = Prompt(
            client: client,
            server: "\(self.address.contains(":") ? "[\(self.address)]" : self.address):\(self.port)",
            // How many connections these questions share is another matter.
            concurrency: self.reuse ? 64 : self.concurrency ?? 64,
            history: self.noHistory ? nil : .ofUser,
            color: self.color
        )
        switch try await prompt.run() {
        case .answered: return true
        case .unanswered: return false
        case .interrupted: throw ExitCode(130)
        }
    }

    /// Answers at the prompt, or from the arguments, or from the pipe.
    private func answer(from client: PrimeClient) async throws -> Bool {
        let stdout = TextOutput(.standardOutput)
        if self.isAtTerminal { return try await self.runPrompt(with: client) }
        let batch = BatchRun(
            client: client,
            limits: self.reuse ? .pipelined : .oneQuestionEach,
            format: self.format,
            programName: Self.name,
            answers: stdout,
            errors: TextOutput(.standardError),
            showsProgress: !self.quiet
        )
        return self.entries.isEmpty
            ? try await batch.run(.standardInput) : try await batch.run(entries: self.entries)
    }
}

extension AnswerFormat: ExpressibleByArgument {}

extension ColorChoice: ExpressibleByArgument {}
