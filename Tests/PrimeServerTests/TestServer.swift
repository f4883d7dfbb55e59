import Logging
import NIOCore
import NIOPosix
import NthPrime
import PrimeServer
import ServiceLifecycle

/// A server in this process, on a free port of 127.0.0.1 or other addresses.
enum TestServer {
    /// A logger that drops everything.
    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Runs a server while `body` runs, then shuts it down gracefully.
    ///
    /// - Parameters:
    ///   - memoryBudget: The budget of the index, which is filled.
    ///   - change: Changes the configuration.
    ///   - body: Receives the addresses that the server listens on.
    /// - Returns: The server's statistics after its end.
    /// - Throws: What the server or `body` throws.
    @discardableResult
    static func with(
        memoryBudget: Int = 0,
        change: (inout PrimeServer.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable ([SocketAddress]) async throws -> Void
    ) async throws -> ServerStatistics {
        let (listening, isListening) = AsyncStream.makeStream(of: [SocketAddress].self)
        var configuration = PrimeServer.Configuration(host: "127.0.0.1", port: 0)
        configuration.threadCount = 2
        change(&configuration)
        let index = try PrimeIndex(memoryBudget: memoryBudget)
        try await index.fill()
        let server = PrimeServer(
            configuration: configuration,
            index: index,
            logger: Self.logger,
            onListening: { isListening.yield($0) }
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
                logger: Self.logger
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                // A server that cannot listen must not leave the test waiting for its addresses.
                defer { isListening.finish() }
                try await group.run()
            }
            var addresses = listening.makeAsyncIterator()
            if let addresses = await addresses.next() { try await body(addresses) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        return server.statistics
    }

    /// Opens a connection to an address.
    static func connect(to address: SocketAddress) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get()
    }
}
