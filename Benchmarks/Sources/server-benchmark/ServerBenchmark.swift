import ArgumentParser
import Glibc
import LoadGenerator
import NIOCore

/// The program: starts servers, measures them in alternation over several rounds, and prints one table.
@main
struct ServerBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server-benchmark",
        abstract: "Measure servers of this protocol in alternation on loopback, and print one table.",
        usage: """
            server-benchmark --server "name=path 0 [options]" … [--peer "name=path 0 [options]" …] [--redis]
            server-benchmark --server "new=server/server 0 --host 127.0.0.1" --peer "C=.build/release/epoll-server 0"
            """,
        discussion: """
            Every server must print "listening on <address>:<port>" when it is ready. The first server is compared with \
            each of the others. Every answer is checked; a wrong or missing one ends the run.
            """
    )

    @Option(help: "A prime server; may be repeated.")
    var server: [Subject]

    @Option(help: "A server that answers 24 × M; may be repeated.")
    var peer: [Subject] = []

    @Flag(help: "Measure redis-server too, with redis-benchmark.")
    var redis = false

    @Option(help: "Number of rounds; each measures every case once.")
    var rounds = 5

    @Option(help: "Duration of a case, in seconds.")
    var seconds = 3.0

    @Option(help: "Number of threads that send requests.")
    var threads = 1

    @Option(help: "Number of different cold M; their answers are looked up before the measurement.")
    var coldSamples = 100_000

    @Option(help: "Number of idle connections for the measurement of memory per connection.")
    var idleConnections = 10_000

    @Flag(help: "Run a smoke test of a few seconds: one short round, few connections.")
    var quick = false

    func run() async throws {
        var command = self
        if self.quick {
            command.rounds = 1
            command.seconds = 0.2
            command.coldSamples = 1000
            command.idleConnections = 500
        }
        let table = try await command.measure()
        print(table.markdown, "every answer was right; these figures have no targets", separator: "\n\n")
    }

    private func measure() async throws -> ResultTable {
        raiseFileLimit()
        let primes = try ReferenceAnswers()
        let ours = try self.server.map {
            try MeasuredServer(subject: $0, isPeer: false, benchmark: self, answer: primes.answer)
        }
        let peers = try self.peer.map {
            try MeasuredServer(subject: $0, isPeer: true, benchmark: self) { UInt64($0) * 24 }
        }
        let measured = ours + peers
        let engine = try EngineThread()
        let others = [EngineThread.name] + (self.redis ? [RedisServer.name] : [])
        var table = ResultTable(subjects: measured.map(\.subject.name) + others)
        for _ in 0..<self.rounds {
            for server in measured { try await server.measure(into: &table) }
            let lookUps = engine.rate(seconds: self.seconds)
            table.add(lookUps, .perSecond, in: LoadCase.pipelinedCold.rawValue, of: EngineThread.name)
            if self.redis { try await self.measureRedis(into: &table) }
        }
        return table
    }

    private func measureRedis(into table: inout ResultTable) async throws {
        let seconds = self.seconds
        let rates = try await RedisServer.run { redis in
            var rates: [(LoadCase, Double)] = []
            for loadCase in LoadCase.allCases {
                if let rate = try await redis.rate(in: loadCase, seconds: seconds) { rates.append((loadCase, rate)) }
            }
            return rates
        }
        for (loadCase, rate) in rates {
            table.add(rate, .perSecond, in: loadCase.rawValue, of: RedisServer.name)
        }
    }
}

/// Raises the limit on open files, for this program and the servers that it starts, as far as the system allows.
private func raiseFileLimit() {
    var limit = rlimit()
    // Safe: the structure outlives both calls.
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
