import PeerSupport
import Subprocess
import Synchronization
import SystemPackage
import Testing

/// The client program with connections that break.
@Suite(.timeLimit(.minutes(2)))
struct ClientFaultTests {
    private static let known = PrimeRule.primes(20_000)

    /// Returns the client's output for 1 to `count`.
    private static func lines(_ count: Int) -> String {
        (1...count).map { "\($0)\t\(self.known[$0 - 1])\n" }.joined()
    }

    @Test(arguments: [(["--reuse"], 20_000), ([], 2000)])
    func `a proxy that delays, slices, cuts and resets connections costs no line, and no line is wrong`(
        options: [String],
        count: Int
    ) async throws {
        try await RunningServer.with { server in
            let generator = Mutex(SplitMix64(seed: 10))
            let reach = options.isEmpty ? 16 : 4000
            try await FaultProxy.with(port: server.port) { _ in
                generator.withLock {
                    var plan = FaultPlan(using: &$0, within: reach)
                    // A pipelined connection that lasts would answer all questions.
                    while !options.isEmpty, plan.end == .peers { plan = FaultPlan(using: &$0, within: reach) }
                    return plan
                }
            } _: { proxy in
                let result = try await Programs.run(
                    Programs.client,
                    ["127.0.0.1", "\(proxy.port)"] + options,
                    input: (1...count).map { "\($0)\n" }.joined()
                )
                #expect(result.status == .exited(0))
                #expect(result.errors == "")
                #expect(result.output == Self.lines(count))
                #expect(proxy.earlyEndCount >= 20)
            }
        }
    }

    @Test
    func `without retries the question of a lost connection is reported, and all others are answered`() async throws {
        try await RunningServer.with { server in
            var plan = FaultPlan()
            plan.end = .reset(afterBytes: 0)
            try await FaultProxy.with(port: server.port) { [plan] in
                $0 == 3 ? plan : FaultPlan()
            } _: { proxy in
                let result = try await Programs.run(
                    Programs.client,
                    ["127.0.0.1", "\(proxy.port)", "1..100", "--retries", "0", "--concurrency", "1"]
                )
                #expect(result.status == .exited(1))
                #expect(result.output.split(separator: "\n").count == 99)
                #expect(result.errors.split(separator: "\n").count == 1)
            }
        }
    }

    @Test(arguments: [(["--reuse"], 40), ([], 1)])
    func `a server that is killed and restarted during a run costs no line`(
        options: [String],
        blocks: Int
    ) async throws {
        let count = Self.known.count
        try await RunningServer.with(endsItself: true) { server in
            let result = try await Subprocess.run(
                Programs.client,
                arguments: Arguments(["127.0.0.1", "\(server.port)", "--retries", "20"] + options),
                input: .inputWriter,
                output: .sequence,
                error: .string(limit: 4096)
            ) { execution in
                let (progress, seen) = AsyncStream.makeStream(of: Void.self)
                let (restarts, restart) = AsyncStream.makeStream(of: Void.self)
                async let output = Self.collect(execution.standardOutput, seen, restarts)
                async let fed: Void = Self.feed(execution.standardInputWriter, blocks)
                // The client has answers, and not all, because its output is not read until the server is back.
                for await _ in progress { break }
                try server.send(.kill)
                try await server.ended()
                try await RunningServer.with(port: server.port) { _ in
                    restart.finish()
                    for await _ in progress {}
                }
                try await fed
                return try await output
            }
            #expect(result.terminationStatus == .exited(0))
            #expect(result.standardError == "")
            let isRight = result.closureResult == Array(String(repeating: Self.lines(count), count: blocks).utf8)
            #expect(isRight)
        }
    }

    /// Writes all known numbers to the input, `blocks` times.
    private static func feed(_ input: StandardInputWriter, _ blocks: Int) async throws {
        let block = (1...self.known.count).map { "\($0)\n" }.joined()
        for _ in 0..<blocks { _ = try await input.write(block) }
        try await input.finish()
    }

    /// Returns an output: after its first bytes yields to `seen` and waits for the end of `restarts`; ends `seen` last.
    private static func collect(
        _ output: SubprocessOutputSequence,
        _ seen: AsyncStream<Void>.Continuation,
        _ restarts: AsyncStream<Void>
    ) async throws -> [UInt8] {
        defer { seen.finish() }
        var text: [UInt8] = []
        for try await buffer in output {
            // Safe: the bytes are copied.
            text += unsafe buffer.withUnsafeBytes { unsafe Array($0) }
            seen.yield()
            for await _ in restarts {}
        }
        return text
    }
}
