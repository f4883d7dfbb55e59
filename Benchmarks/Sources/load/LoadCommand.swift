import ArgumentParser
import LoadGenerator
import NIOCore

/// The load program: reads its options, puts a server under load, and prints the report.
@main
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Send requests as fast as the server answers; check and time every answer.",
        usage: """
            load <host> <port> [options]
            load 127.0.0.1 8080 --connections 8 --depth 64
            load 127.0.0.1 8080 --connections 32 --reconnect --requests 100000
            """,
        discussion: "The exit code is 1 if an answer is wrong or missing, or a connection is lost."
    )

    @Argument(help: "The server's host name or address.")
    var host: String

    @Argument(help: "The server's port.")
    var port: Int

    @Option(help: "Number of connections open at once.")
    var connections = 32

    @Option(help: "Number of requests in flight on each connection.")
    var depth = 1

    @Flag(help: "Close a connection once its requests (--depth) are answered, and open a new one.")
    var reconnect = false

    @Option(help: "Number of threads.")
    var threads = 1

    @Option(help: "Duration in seconds; has no effect with --requests.")
    var duration = 5.0

    @Option(help: "Total number of requests, instead of a duration.")
    var requests: Int?

    @Option(help: "A range of M (1000..2000), random M of a range (random:1..4294967295), or a file, one M a line.")
    var ordinals = "random:1..1000000"

    @Option(help: "How many M to draw at random, or to take from a range; after the last M the first follows again.")
    var samples = 65_536

    @Option(help: "The right answers: primes, or multiple=K for a server that only multiplies M by K.")
    var expect = Expectation.primes

    @Flag(help: "Print one line of JSON.")
    var json = false

    func validate() throws {
        guard self.connections > 0, self.depth > 0, self.threads > 0, self.samples > 0, self.duration > 0 else {
            throw ValidationError("--connections, --depth, --threads, --samples and --duration must be above 0")
        }
        guard (1...65_535).contains(self.port) else {
            throw ValidationError("port \(self.port) is out of range; use 1 to 65535")
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
