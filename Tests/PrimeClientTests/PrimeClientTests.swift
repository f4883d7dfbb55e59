import Glibc
import NIOCore
import NIOPosix
import PeerSupport
import PrimeClient
import Testing

/// The library as a service uses it, against the server program.
@Suite(.timeLimit(.minutes(1)))
struct PrimeClientTests {
    private static let known = PrimeRule.primes(20_000)

    /// This file compiles only if `PrimeClient` exports the type: members of other modules must be imported.
    @Test
    func `a byte order needs no further import`() {
        var configuration = PrimeClient.Configuration()
        configuration.byteOrder = .little
        #expect(configuration.byteOrder == .little)
    }

    @Test
    func `three lines ask a server`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "localhost", port: server.port) { client in
                let prime = try await client.prime(at: 1_000_000)
                #expect(prime == 15_485_863)
            }
        }
    }

    @Test
    func `many tasks share the connections`() async throws {
        try await RunningServer.with { server in
            try await FaultProxy.with(port: server.port) { _ in
                FaultPlan()
            } _: { proxy in
                try await PrimeClient.withClient(host: "127.0.0.1", port: proxy.port) { client in
                    try await withThrowingTaskGroup(of: (Int, UInt64).self) { group in
                        for place in 0..<3000 {
                            group.addTask { (place, try await client.prime(at: UInt32(place + 1))) }
                        }
                        for try await (place, prime) in group { #expect(prime == Self.known[place]) }
                    }
                }
                #expect(proxy.connectionCount <= 4)
            }
        }
    }

    @Test
    func `a sequence of M becomes a sequence of primes in its order`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "127.0.0.1", port: server.port) { client in
                var primes: [UInt64] = []
                for try await prime in client.primes(at: (1...20_000).reversed()) { primes.append(prime) }
                #expect(primes == Self.known.reversed())
                for try await _ in client.primes(at: []) { Issue.record("no M has no prime") }
            }
        }
    }

    @Test
    func `each M becomes a prime before the next M arrives`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "127.0.0.1", port: server.port) { client in
                let (ordinals, source) = AsyncThrowingStream.makeStream(of: UInt32.self)
                var primes = client.primes(at: ordinals).makeAsyncIterator()
                for place in 0..<100 {
                    source.yield(UInt32(place + 1))
                    let prime = try await primes.next()
                    #expect(prime == Self.known[place])
                }
                for place in 0..<5000 { source.yield(UInt32(place + 1)) }
                source.finish()
                for place in 0..<5000 {
                    let prime = try await primes.next()
                    #expect(prime == Self.known[place])
                }
                let end = try await primes.next()
                #expect(end == nil)
            }
        }
    }

    @Test
    func `a failure is thrown in its place, and ends the sequence`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "127.0.0.1", port: server.port) { client in
                var primes = client.primes(at: [1, 2, 0, 3]).makeAsyncIterator()
                let first = try await primes.next()
                let second = try await primes.next()
                #expect([first, second] == [2, 3])
                do {
                    _ = try await primes.next()
                    Issue.record("there is no prime at 0")
                } catch {
                    #expect((error as? PrimeClientError)?.code == .noSuchPrime)
                }
                let end = try await primes.next()
                #expect(end == nil)
            }
        }
    }

    /// Runs a peer that accepts connections and never answers.
    private func withSilentPeer(_ body: (Int) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        try await body(listener.localAddress?.port ?? 0)
        try await listener.close()
    }

    @Test(arguments: [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse])
    func `a question ends at once when its task is cancelled`(
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws {
        try await self.withSilentPeer { port in
            let configuration = PrimeClient.Configuration(connectionUse: use)
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                let start = ContinuousClock.now
                await withTaskGroup { group in
                    for _ in 0..<100 {
                        group.addTask {
                            let error = await #expect(throws: PrimeClientError.self) { try await client.prime(at: 7) }
                            #expect(error?.code == .cancelled)
                        }
                    }
                    group.cancelAll()
                }
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }
    }

    /// The idle timeout of the server is longer than this test may take.
    @Test(arguments: [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse])
    func `a cancelled question frees its connection`(
        use: PrimeClient.Configuration.ConnectionUse
    ) async throws {
        try await RunningServer.with(["--idle-timeout", "600"]) { server in
            let configuration = PrimeClient.Configuration(connectionUse: use, connectionLimit: 1)
            try await PrimeClient.withClient(
                host: "127.0.0.1",
                port: server.port,
                configuration: configuration
            ) { client in
                for _ in 0..<100 {
                    let cancelled = Task { try await client.prime(at: 7) }
                    cancelled.cancel()
                    _ = await cancelled.result
                    let prime = try await client.prime(at: 7)
                    #expect(prime == 17)
                }
            }
        }
    }

    @Test
    func `questions asked ahead end with the iteration`() async throws {
        var configuration = PrimeClient.Configuration()
        // Longer than this test may take, so nothing else closes a connection.
        configuration.timeout = .seconds(600)
        try await HoldingPeer.with { [configuration] peer, port in
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                async let answered: Void = {
                    // The size of a batch.
                    for place in 0..<1024 { try await peer.answer(UInt32(place + 1), with: Self.known[place]) }
                }()
                for try await _ in client.primes(at: 1...100_000) { break }
                try await answered
                await peer.closed()
            }
        }
    }

    @Test
    func `a question is repeated after a time-out, and fails after the last one`() async throws {
        try await self.withSilentPeer { port in
            var configuration = PrimeClient.Configuration()
            configuration.timeout = .milliseconds(50)
            configuration.retries = 1
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                let start = ContinuousClock.now
                let error = await #expect(throws: PrimeClientError.self) { try await client.prime(at: 7) }
                #expect(error?.code == .timedOut)
                // Twice the timeout, and three quarters of the first pause.
                #expect(ContinuousClock.now - start >= .milliseconds(175))
            }
        }
    }

    @Test(arguments: [.pipelined, .oneQuestionEach] as [PrimeClient.Configuration.ConnectionUse])
    func `questions after the end of the scope fail`(use: PrimeClient.Configuration.ConnectionUse) async throws {
        try await RunningServer.with { server in
            let configuration = PrimeClient.Configuration(connectionUse: use)
            let client = try await PrimeClient.withClient(
                host: "127.0.0.1",
                port: server.port,
                configuration: configuration
            ) { $0 }
            let error = await #expect(throws: PrimeClientError.self) { try await client.prime(at: 7) }
            #expect(error?.code == .closed)
        }
    }

    @Test
    func `a stream of M that cannot fail becomes primes`() async throws {
        try await RunningServer.with { server in
            try await PrimeClient.withClient(host: "127.0.0.1", port: server.port) { client in
                let (ordinals, send) = AsyncStream.makeStream(of: UInt32.self)
                for ordinal: UInt32 in 1...3 { send.yield(ordinal) }
                send.finish()
                var primes: [UInt64] = []
                for try await prime in client.primes(at: ordinals) { primes.append(prime) }
                #expect(primes == [2, 3, 5])
            }
        }
    }

    // MARK: - Deadlines

    /// The third question takes the place of the first.
    ///
    /// That must not delay the time-out of the second.
    @Test
    func `each question has its own deadline`() async throws {
        try await self.withSilentPeer { port in
            var configuration = PrimeClient.Configuration(connectionUse: .oneQuestionEach, connectionLimit: 2)
            configuration.timeout = .seconds(3)
            configuration.retries = 0
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                await withTaskGroup { group in
                    for ordinal: UInt32 in 1...3 {
                        group.addTask {
                            // Half a second apart, so that the third waits for the place of the first.
                            try? await Task.sleep(for: .milliseconds(500) * (Int(ordinal) - 1))
                            let start = ContinuousClock.now
                            let error = await #expect(throws: PrimeClientError.self) {
                                try await client.prime(at: ordinal)
                            }
                            #expect(error?.code == .timedOut)
                            // Not five and a half.
                            if ordinal == 2 { #expect(ContinuousClock.now - start < .seconds(5)) }
                        }
                    }
                }
            }
        }
    }
}
