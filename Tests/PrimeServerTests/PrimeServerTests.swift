import Logging
import NIOCore
import NIOPosix
import NthPrime
import PrimeClient
import PrimeServer
import ServiceLifecycle
import Testing

/// The server as a library, in this process; as a program it is driven in `ProgramTests`.
@Suite(.timeLimit(.minutes(1)))
struct PrimeServerTests {
    /// Runs a server on a free port of loopback, gives the port to `body`, then shuts it down in order.
    ///
    /// - Returns: What the server has done.
    @discardableResult
    private func withServer(
        threadCount: Int = 2,
        memoryBudget: Int = 0,
        change: (inout PrimeServer.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> ServerStatistics {
        let (addresses, listening) = AsyncStream.makeStream(of: SocketAddress.self)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        var configuration = PrimeServer.Configuration(host: "127.0.0.1", port: 0, threadCount: threadCount)
        change(&configuration)
        let index = try PrimeIndex(memoryBudget: memoryBudget)
        try await index.fill()
        let server = PrimeServer(
            configuration: configuration,
            index: index,
            logger: logger,
            onListening: { listening.yield($0) }
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: server,
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        serviceName: "server"
                    )
                ],
                logger: logger
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var ports = addresses.makeAsyncIterator()
            let port = try #require(await ports.next()?.port)
            try await body(port)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        return server.statistics
    }

    /// Asks on connections of one question each.
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
    func `the client gets the server's answers`() async throws {
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
    func `many clients at once are all answered`() async throws {
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
    func `M = 0 is told from an answer`() async throws {
        try await self.withServer { port in
            let error = await #expect(throws: PrimeClientError.self) {
                try await Self.withClient(port) { try await $0.prime(at: 0) }
            }
            #expect(error?.code == .noSuchPrime)
        }
    }

    @Test
    func `requests are counted by their outcome, and by whether they were resident`() async throws {
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
    func `connections are counted by the reason of their end`() async throws {
        let statistics = try await self.withServer {
            $0.requestTimeout = .milliseconds(100)
        } _: { port in
            _ = try await Self.withClient(port) { try await $0.prime(at: 1) }
            try await Self.sendAndAwaitEnd([0, 0, 0], port: port)
            let silent = try await Self.connect(port: port)
            // It is still there when the server stops.
            silent.closeFuture.whenComplete { _ in }
        }
        #expect(statistics.closedConnections.filter { $0.value > 0 } == [.peer: 1, .requestTimeout: 1, .stopping: 1])
        #expect(statistics.truncatedRequests == 1)
    }

    @Test
    func `a client that always asks gets every answer, though its connections reach their maximum age`() async throws {
        let statistics = try await self.withServer {
            $0.maxConnectionAge = .milliseconds(300)
        } _: { port in
            let clock = ContinuousClock()
            let end = clock.now + .seconds(1.5)
            let configuration = PrimeClient.Configuration(connectionUse: .pipelined, connectionLimit: 2)
            try await PrimeClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
                try await withThrowingTaskGroup { tasks in
                    for _ in 0..<32 {
                        tasks.addTask {
                            // The largest M is always sieved.
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
        // Each of the two connections, at least once.
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
    func `a port in use is named`() async throws {
        try await self.withServer { port in
            let second = PrimeServer(
                configuration: .init(host: "127.0.0.1", port: port, threadCount: 1),
                index: try PrimeIndex(),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            let error = await #expect(throws: PrimeServerError.self) { try await second.run() }
            #expect(error?.code == .addressInUse)
            #expect(error?.message.contains("port \(port) is in use") == true)
        }
    }
}
