import ArgumentParser
import AsyncAlgorithms
import Glibc
import PrimeClient
import PrimeConsole
import PrimeProtocol
import ProgramOptions
import SystemPackage

/// The client program: reads its options, then asks for what is typed, piped or given.
struct ClientCommand: Program {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Ask a server for the M-th prime, M from 1 to 4294967295.",
        usage: """
            client <host> <port> [<M> ...] [options]
            client 127.0.0.1 8080                     type numbers, see primes
            client 127.0.0.1 8080 1 1e6 10k           ask for three
            client 127.0.0.1 8080 100..200/10         ask for every tenth of a range
            seq 1000 | client 127.0.0.1 8080          ask for each line of a pipe
            """,
        discussion: """
            At a terminal the client prompts for numbers and shows each answer when it comes. Given numbers or a pipe it \
            prints a line an answer, M, a tab and the M-th prime, in the order of the input; "#" begins a comment. \
            M may be written 1000000, 1_000_000, 1e6, 10k or 5M; 100..200 is a range, 100..200/10 every tenth of it.

            Exit code: 0 all answered, 1 some not, 64 wrong command line, 130 interrupted.
            """
    )

    @Argument(help: "Name or address of the server.")
    var host: String

    @Argument(help: "TCP port of the server, 1 to 65535.")
    var port: Int

    @Argument(help: ArgumentHelp("What to ask for; without any, lines are read from stdin.", valueName: "M"))
    var entries: [String] = []

    @Option(help: "Questions under way at once, each on a connection of its own, 1 to 10000.")
    var concurrency = 64

    @Option(help: "Seconds to wait for a connection, and then for the answer.")
    var timeout: Seconds = 10

    @Option(help: "Order of the bytes of a number, big or little.")
    var byteOrder: ByteOrder = .big

    func validate() throws {
        guard (1...65_535).contains(self.port) else {
            throw ValidationError("port \(self.port) is out of range; take one from 1 to 65535")
        }
        guard (1...10_000).contains(self.concurrency) else {
            throw ValidationError("--concurrency \(self.concurrency) is out of range; take 1 to 10000")
        }
    }

    func run() async throws {
        let client = PrimeClient(
            host: self.host,
            port: self.port,
            byteOrder: self.byteOrder,
            timeout: self.timeout.duration,
            connectionLimit: self.concurrency
        )
        do {
            guard try await self.answerAll(from: client) else { throw ExitCode.failure }
        } catch is TextOutput.ReaderGone {
            // The reader has seen enough, which is no failure of ours.
        }
    }

    /// Answers at the prompt, or from the arguments, or from the pipe.
    private func answerAll(from client: PrimeClient) async throws -> Bool {
        let stdout = TextOutput(.standardOutput)
        let input = LineReader(.standardInput)
        if self.entries.isEmpty, isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 {
            return try await Prompt(client: client, concurrency: self.concurrency, terminal: stdout).run(input)
        }
        let batch = BatchRun(client: client, concurrency: self.concurrency, answers: stdout, report: Self.report)
        if self.entries.isEmpty {
            return try await batch.run(input) { "line \($0): " }
        }
        return try await batch.run(self.entries.async) { _ in "" }
    }
}
