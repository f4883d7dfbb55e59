import ArgumentParser
import Glibc
import LoadGenerator
import NIOCore

/// The comparison: starts servers, measures them in turns over several rounds, and prints one table.
@main
struct ServerBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server-benchmark",
        abstract: "Measure servers of this wire beside each other, on loopback, and print one table.",
        usage: """
            server-benchmark --server "name=path 0 [options]" … [--peer "name=path 0 [options]" …] [--redis]
            server-benchmark --server "new=server/server 0 --host 127.0.0.1" --peer "C=.build/release/epoll-server 0"
            """,
        discussion: """
            Every server prints "listening on <address>:<port>" when it is ready. The first is compared with each of the \
            others. Every answer is checked; one that is wrong or missing ends the run.
            """
    )

    @Option(help: "A server of primes; may be repeated.")
    var server: [Subject]

    @Option(help: "A server that answers 24 M; may be repeated.")
    var peer: [Subject] = []

    @Flag(help: "Measure redis-server too, by redis-benchmark.")
    var redis = false

    @Option(help: "How often each case is measured.")
    var rounds = 5

    @Option(help: "How long a case is measured, in seconds.")
    var seconds = 3.0

    @Option(help: "How many threads ask.")
    var threads = 1

    @Option(help: "How many different cold M are asked; their answers are looked up first.")
    var coldSamples = 100_000

    @Option(help: "How many idle connections the memory of one is measured with.")
    var idleConnections = 10_000

    @Flag(help: "A smoke run of some seconds: one round, short, few connections.")
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
        print(table.markdown)
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

/// Lets this program, and the servers that it starts, open as many files as the system allows.
private func raiseFileLimit() {
    var limit = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
