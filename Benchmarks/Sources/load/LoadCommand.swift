import ArgumentParser
import LoadGenerator
import NIOCore

/// The load program: reads its options, asks a server, and says what came of it.
@main
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Ask a prime server as fast as it answers, check every answer, and time it.",
        usage: """
            load <host> <port> [options]
            load 127.0.0.1 8080 --connections 8 --depth 64
            load 127.0.0.1 8080 --connections 32 --reconnect --requests 100000
            """,
        discussion: "Exits with 1 if an answer is wrong or missing, or a connection was lost."
    )

    @Argument(help: "The server's name or address.")
    var host: String

    @Argument(help: "Its port.")
    var port: Int

    @Option(help: "Connections open at once.")
    var connections = 32

    @Option(help: "Requests unanswered on each connection.")
    var depth = 1

    @Flag(help: "End a connection once its requests (--depth) are answered, and open another.")
    var reconnect = false

    @Option(help: "Threads that ask.")
    var threads = 1

    @Option(help: "Seconds to ask for; has no effect beside --requests.")
    var duration = 5.0

    @Option(help: "Requests to ask in all, instead of a time.")
    var requests: Int?

    @Option(help: "A range of M (1000..2000), random M of a range (random:1..4294967295), or a file, an M a line.")
    var ordinals = "random:1..1000000"

    @Option(help: "How many M to draw at random, or to take of a range; then they are asked again from the first.")
    var samples = 65_536

    @Option(help: "What to check the answers against: primes, or multiple=K for a server that only multiplies M by K.")
    var expect = Expectation.primes

    @Flag(help: "Print one line of JSON.")
    var json = false

    func validate() throws {
        guard self.connections > 0, self.depth > 0, self.threads > 0, self.samples > 0, self.duration > 0 else {
            throw ValidationError("--connections, --depth, --threads, --samples and --duration take a number above 0")
        }
        guard (1...65_535).contains(self.port) else {
            throw ValidationError("port \(self.port) is out of range; take one from 1 to 65535")
        }
    }

    func run() async throws {
        let questions = Questions(
            asking: try OrdinalSource(self.ordinals).ordinals(count: self.samples),
            expecting: try self.expect.answers()
        )
        let plan = LoadPlan(
            address: try SocketAddress.makeAddressResolvingHost(self.host, port: self.port),
            connections: self.connections,
            depth: self.depth,
            reconnects: self.reconnect,
            threads: self.threads,
            limit: self.requests.map { .requests($0) } ?? .duration(.seconds(self.duration))
        )
        let report = try await plan.run(asking: questions)
        print(self.json ? report.json : report.description)
        if !report.isFlawless { throw ExitCode.failure }
    }
}
