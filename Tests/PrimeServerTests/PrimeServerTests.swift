import NIOCore
import NIOPosix
import NthPrime
import PrimeClient
import PrimeServer
import Testing

/// The server as a library, in this process; `ProgramTests` runs the program.
@Suite(.timeLimit(.minutes(1)))
struct PrimeServerTests {
    /// Runs a server as ``TestServer`` does; `body` receives its port.
    @discardableResult
    private func withServer(
        memoryBudget: Int = 0,
        change: (inout PrimeServer.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> ServerStatistics {
        try await TestServer.with(memoryBudget: memoryBudget, change: change) { addresses in
            try await body(try #require(addresses[0].port))
        }
    }

    /// Runs `body` with a client that uses a connection for each question.
    private static func withClient<Result>(
        _ port: Int,
        _ body: (PrimeClient) async throws -> Result
    ) async throws -> Result {
        let configuration = PrimeClient.Configuration(connectionUse: .oneQuestionEach, connectionLimit: 50)
        return try await PrimeClient.withClient(
            host: "127.0.0.1",
            port: port,
            configuration: configuration,
            body
        )
    }

    @Test
    func `a client receives the right primes`() async throws {
        try await self.withServer { port in
            try await Self.withClient(port) { client in
                for (ordinal, prime) in [(1, 2), (1_000_000, 15_485_863), (.max, 104_484_802_043)] as [(UInt32, UInt64)]
                {
                    let answer = try await client.prime(at: ordinal)
                    #expect(answer == prime)
                }
            }
        }
    }

    @Test
    func `500 concurrent questions are all answered`() async throws {
        try await self.withServer { port in
            let known: [UInt64] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
            try await Self.withClient(port) { client in
                try await withThrowingTaskGroup(of: (Int, UInt64).self) { tasks in
                    for question in 0..<500 {
                        tasks.addTask { (question, try await client.prime(at: UInt32(question % known.count + 1))) }
                    }
                    for try await (question, prime) in tasks { #expect(prime == known[question % known.count]) }
                }
            }
        }
    }

    @Test
    func `M = 0 is an error for the client`() async throws {
        try await self.withServer { port in
            let error = await #expect(throws: PrimeClientError.self) {
                try await Self.withClient(port) { try await $0.prime(at: 0) }
            }
            #expect(error?.code == .noSuchPrime)
            // The answer is right, so it raises no doubt about the server.
            #expect(error?.message == "the server says that there is no such prime")
        }
    }

    @Test
    func `requests are counted by outcome, and by whether the prime was in memory`() async throws {
        let statistics = try await self.withServer(memoryBudget: 1 << 20) { port in
            try await Self.withClient(port) { client in
                for ordinal in [1, 1000, 4_000_000_000] as [UInt32] { _ = try await client.prime(at: ordinal) }
                _ = try? await client.prime(at: 0)
            }
        }
        #expect(statistics.receivedRequests == 4)
        #expect(statistics.answeredRequests == 3)
        #expect(statistics.requestsWithoutPrime == 1)
        #expect(statistics.residentAnswers == 3)
        #expect(statistics.unansweredRequests == 0)
        #expect(statistics.droppedRequests == 0)
        #expect(statistics.queuedPieces == 0)
        #expect(statistics.latency.counts.reduce(0, +) == 4)
        #expect(statistics.latency.total > .zero)
        #expect(statistics.acceptedConnections == 4)
        #expect(statistics.openConnections == 0)
    }

    @Test
    func `closed connections are counted by reason`() async throws {
        let statistics = try await self.withServer {
            $0.timeLimits.request = .milliseconds(100)
        } _: { port in
            _ = try await Self.withClient(port) { try await $0.prime(at: 1) }
            try await Self.sendAndAwaitEnd([0, 0, 0], port: port)
            let silent = try await Self.connect(port: port)
            // This connection is still open when the server stops.
            silent.closeFuture.whenComplete { _ in }
        }
        #expect(statistics.closedConnections.filter { $0.value > 0 } == [.peer: 1, .requestTimeout: 1, .stopping: 1])
        #expect(statistics.truncatedRequests == 1)
    }

    @Test
    func `a busy client receives every answer although its connections reach their maximum age`() async throws {
        let statistics = try await self.withServer {
            $0.timeLimits.age = .milliseconds(300)
        } _: { port in
            let clock = ContinuousClock()
            let end = clock.now + .seconds(1.5)
            let configuration = PrimeClient.Configuration(connectionUse: .pipelined, connectionLimit: 2)
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                try await withThrowingTaskGroup { tasks in
                    for _ in 0..<32 {
                        tasks.addTask {
                            // Without memory for primes, each answer is sieved.
                            while clock.now < end {
                                let prime = try await client.prime(at: .max)
                                #expect(prime == 104_484_802_043)
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
            }
        }
        // Each of the two connections closed at least once.
        #expect(statistics.closedConnections[.age, default: 0] >= 2)
        #expect(statistics.receivedRequests == statistics.answeredRequests)
        #expect(statistics.droppedRequests == 0)
    }

    private static func connect(port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
    }

    private static func sendAndAwaitEnd(_ bytes: [UInt8], port: Int) async throws {
        let channel = try await Self.connect(port: port)
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
        try await channel.closeFuture.get()
    }

    @Test
    func `a port in use is an error that names the port`() async throws {
        try await self.withServer { port in
            let second = PrimeServer(
                configuration: .init(host: "127.0.0.1", port: port),
                index: try PrimeIndex(),
                logger: TestServer.logger
            )
            let error = await #expect(throws: PrimeServerError.self) { try await second.run() }
            #expect(error?.code == .addressInUse)
            #expect(error?.message.contains("port \(port) is in use") == true)
        }
    }
}
