public import ArgumentParser
public import Logging
import NIOCore
import NthPrime
import PrimeClient
import PrimeProtocol
import PrimeServer
import ProgramOptions
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// The server program: reads its options, then serves until SIGTERM or SIGINT.
struct ServerCommand: Program {
    static let name = Self.invokedName(usual: "server")

    static let configuration = CommandConfiguration(
        commandName: Self.name,
        abstract: "Answer \"what is the M-th prime?\" over TCP, for every M from 1 to 4294967295.",
        usage: "\(Self.name) <port> [options]",
        discussion: """
              \(Self.name) 8080                    listen on all interfaces
              \(Self.name) 0 --host 127.0.0.1      for this machine alone, on a free port
              \(Self.name) 8080 --health-check     does a server answer on this port?

            A request is M as 4 bytes, the answer the M-th prime as 8 bytes, both big-endian; 0 means that there is no \
            such prime. When the server is ready it prints "listening on <address>:<port>"; its log goes to stderr. \
            SIGTERM or SIGINT: it answers what it has received, then ends; a second one ends it at once.

            Every option can be set by the environment too: --log-level by NTH_PRIME_LOG_LEVEL, and so on. \
            The option wins.
            """,
        version: Self.version
    )

    /// The files that the server needs beside its connections: the log, the listener, the event loops' own.
    private static let otherFiles = 32

    static let environmentOptions = [
        "host", "threads", "memory", "max-connections", "idle-timeout", "request-timeout", "write-timeout",
        "max-connection-age", "drain-timeout", "byte-order", "log-level",
    ]

    @Argument(help: "TCP port to listen on, 0 to 65535; 0 takes a free one.")
    var port: Int

    @Option(help: "Address or name to listen on. (default: all interfaces, IPv6 and IPv4)")
    var host: String?

    @Option(help: "Threads that compute, 1 to 1024. (default: one a core)")
    var threads: Int?

    @Option(help: "Memory for primes kept ready: 0, a size such as 64MiB or 4GiB, or all (3.6 GB).")
    var memory: MemorySize = "64MiB"

    @Option(help: "Order of the bytes of a number, big or little.")
    var byteOrder: ByteOrder = .big

    @Option(help: "Connections at once, 1 to 1000000; more wait until one ends. The limit of open files lowers it.")
    var maxConnections = 10_000

    @Option(help: "Seconds that a connection may ask nothing.")
    var idleTimeout: Seconds = 60

    @Option(help: "Seconds that a request may take from its first byte to its last.")
    var requestTimeout: Seconds = 10

    @Option(help: "Seconds that a client may leave its answers untaken.")
    var writeTimeout: Seconds = 10

    @Option(help: "Seconds after which a connection ends between two answers, give or take a tenth. (default: never)")
    var maxConnectionAge: Seconds?

    @Option(help: "Seconds that the requests already received may take when the server is told to stop.")
    var drainTimeout: Seconds = 10

    @Option(help: "Least severe level that is logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    @Flag(help: "Ask the server on this port for the first prime, and exit with 0 if it answers, else with 1.")
    var healthCheck = false

    func validate() throws {
        guard (0...65_535).contains(self.port) else {
            throw ValidationError("port \(self.port) is out of range; take one from 1 to 65535, or 0 for any free one")
        }
        if self.healthCheck, self.port == 0 {
            throw ValidationError("--health-check asks a server that runs, so port 0 makes no sense; name its port")
        }
        guard (1...1_000_000).contains(self.maxConnections) else {
            throw ValidationError("--max-connections \(self.maxConnections) is out of range; take 1 to 1000000")
        }
        if let threads = self.threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads \(threads) is out of range; take 1 to 1024")
        }
    }

    func run() async throws {
        if self.healthCheck {
            try await self.checkHealth()
        } else {
            try await self.serve()
        }
    }

    private static let log = LogWriter()

    private func serve() async throws {
        defer { Self.log.flush() }
        let logLevel = self.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler(label: label, stream: Self.log)
            handler.logLevel = logLevel
            return handler
        }
        let logger = Logger(label: "nth-prime.server")
        let index = try PrimeIndex(memoryBudget: self.memory.byteCount)
        let threadCount = self.threads ?? NIOCore.System.coreCount
        let (listening, isListening) = AsyncStream.makeStream(of: Never.self)
        let server = PrimeServer(
            configuration: self.serverConfiguration(logger: logger),
            index: index,
            logger: logger,
            onListening: { address in
                // Whoever started the program may have closed its stdout; it serves all the same.
                _ = try? FileDescriptor.standardOutput.writeAll("listening on \(address.hostAndPort)\n".utf8)
                isListening.finish()
            }
        )
        let fill = MemoryFill(index: index, threadCount: threadCount, listening: listening, logger: logger)
        try await Self.run(server, fill, logger: logger)
        let done = server.statistics
        logger.info(
            "stopped",
            metadata: [
                "connections": "\(done.acceptedConnections)",
                "answered": "\(done.answeredRequests + done.requestsWithoutPrime)",
                "dropped": "\(done.droppedRequests)",
            ]
        )
    }

    private func serverConfiguration(logger: Logger) -> PrimeServer.Configuration {
        var configuration = PrimeServer.Configuration(
            host: self.host,
            port: self.port,
            threadCount: self.threads ?? NIOCore.System.coreCount,
            byteOrder: self.byteOrder
        )
        configuration.maxConnections = min(self.maxConnections, max(1, OpenFileLimit.raise() - Self.otherFiles))
        if configuration.maxConnections < self.maxConnections {
            logger.notice(
                "the limit of open files allows fewer connections than --max-connections",
                metadata: ["connections": "\(configuration.maxConnections)", "asked": "\(self.maxConnections)"]
            )
        }
        configuration.idleTimeout = self.idleTimeout.duration
        configuration.requestTimeout = self.requestTimeout.duration
        configuration.writeTimeout = self.writeTimeout.duration
        configuration.maxConnectionAge = self.maxConnectionAge?.duration
        configuration.drainTimeout = self.drainTimeout.duration
        return configuration
    }

    /// Runs the server until it has ended in order, which the first signal asks for; the second ends the program.
    private static func run(_ server: PrimeServer, _ fill: MemoryFill, logger: Logger) async throws {
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: server,
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        serviceName: "server"
                    ),
                    .init(service: fill, successTerminationBehavior: .ignore, serviceName: "fill"),
                ],
                logger: logger
            )
        )
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            group.addTask {
                var isStopping = false
                for await signal in signals {
                    guard !isStopping else {
                        logger.warning("second signal: ending at once", metadata: ["signal": "\(signal)"])
                        Self.log.flush()
                        Self.exit(withError: ExitCode.failure)
                    }
                    isStopping = true
                    logger.info("stopping", metadata: ["signal": "\(signal)"])
                    await services.triggerGracefulShutdown()
                }
            }
            // The server's end is the program's; the signals never end by themselves.
            try await group.next()
            group.cancelAll()
        }
    }

    private func checkHealth() async throws {
        var configuration = PrimeClient.Configuration()
        configuration.byteOrder = self.byteOrder
        configuration.timeout = .seconds(5)
        // Whoever asks for the health asks again by himself.
        configuration.retries = 0
        let prime = try await PrimeClient.withClient(
            host: self.host ?? "localhost",
            port: self.port,
            configuration: configuration
        ) { client in
            try await client.prime(at: 1)
        }
        guard prime == 2 else { throw ExitCode.failure }
    }
}

/// Fills the index's memory from when the server listens until it is told to stop.
///
/// It must not wait for the server's end: its threads run at low priority, and the process cannot end before they do.
private struct MemoryFill: Service {
    let index: PrimeIndex
    let threadCount: Int
    /// Ends when the server listens.
    let listening: AsyncStream<Never>
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in self.listening {}
            do {
                try await self.index.fill(workers: self.threadCount)
            } catch {
                self.logger.warning("cannot fill memory", metadata: ["error": "\(error)"])
            }
        }
    }
}

extension SocketAddress {
    /// `127.0.0.1:8080` or `[::1]:8080`.
    fileprivate var hostAndPort: String {
        let host = self.ipAddress ?? ""
        return "\(host.contains(":") ? "[\(host)]" : host):\(self.port ?? 0)"
    }
}

// swift-format-ignore: AvoidRetroactiveConformances
// A program may: both packages meet nowhere else, and nobody imports this module.
extension Logger.Level: @retroactive ExpressibleByArgument {}
