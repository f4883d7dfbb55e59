public import ArgumentParser
public import Logging
import NIOCore
import NIOPosix
import NthPrime
import PrimeClient
import PrimeProtocol
import PrimeServer
import ProgramOptions
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// The server program: it reads its options, then serves until SIGTERM or SIGINT.
struct ServerCommand: Program {
    static let name = Self.invokedName(usual: "server")

    static let configuration = CommandConfiguration(
        commandName: Self.name,
        abstract: "Answer \"what is the M-th prime?\" over TCP, for every M from 1 to 4294967295.",
        usage: "\(Self.name) <port> [options]",
        discussion: """
              \(Self.name) 8080                    listen on all interfaces
              \(Self.name) 0 --host 127.0.0.1      listen on loopback only, on a free port
              \(Self.name) 8080 --health-check     check whether a server answers on this port

            A request is M as 4 bytes, its answer the M-th prime as 8 bytes, both big-endian; 0 means that there is no \
            such prime. When the server is ready it prints "listening on <address>:<port>"; its log goes to stderr. \
            At SIGTERM or SIGINT it answers the requests that it has received, then exits; at a second one it exits at once.

            The environment can set every option that takes a value: --log-level is NTH_PRIME_LOG_LEVEL, and so on. \
            The command line wins.

            Exit code: 0 ended in order, 1 could not start, health check failed or second signal, 64 wrong command line.
            """,
        version: Self.version
    )

    /// The number of files that the server opens besides its connections: standard streams, listener, event loops.
    private static let otherFiles = 32

    @Argument(help: "TCP port to listen on, 0 to 65535; 0 takes a free one.")
    var port: Int

    @Option(help: "Address or name to listen on. (default: all interfaces, IPv6 and IPv4)")
    var host: String?

    @Option(help: "Threads that compute, 1 to 1024. (default: one per core)")
    var threads: Int?

    @Option(help: "Memory for computed primes: 0, a size such as 64MiB or 4GiB, or all (3.6 GB).")
    var memory: MemorySize = "64MiB"

    @Option(help: "Byte order of the numbers on the wire, big or little.")
    var byteOrder: ByteOrder = .big

    @Option(help: "The most connections at once, 1 to 1000000; further ones wait. The limit of open files lowers it.")
    var maxConnections = 10_000

    @Option(help: "Seconds that a connection may be idle.")
    var idleTimeout: Seconds = 60

    @Option(help: "Seconds that a request may take from its first byte to its last.")
    var requestTimeout: Seconds = 10

    @Option(help: "Seconds that a client may receive none of the answers that wait for it.")
    var writeTimeout: Seconds = 10

    @Option(help: "Seconds after which a connection takes no more requests, plus or minus a tenth. (default: never)")
    var maxConnectionAge: Seconds?

    @Option(help: "Seconds that answering the received requests may take when the server stops.")
    var drainTimeout: Seconds = 10

    @Option(help: "The least severe level to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    @Flag(help: "Ask the server on this port for the first prime; exit with 0 if it answers, otherwise with 1.")
    var healthCheck = false

    func validate() throws {
        guard (0...65_535).contains(self.port) else {
            throw ValidationError("port \(self.port) is out of range; take one from 1 to 65535, or 0 for any free one")
        }
        if self.healthCheck, self.port == 0 {
            throw ValidationError("--health-check needs the port of a running server, not 0")
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
        let configuration = self.serverConfiguration(logger: logger)
        let (listening, isListening) = AsyncStream.makeStream(of: Never.self)
        let server = PrimeServer(
            configuration: configuration,
            index: index,
            logger: logger,
            onListening: { address in
                Self.announce("listening on \(address.hostAndPort)", logger: logger)
                isListening.finish()
            }
        )
        let fill = MemoryFill(
            index: index,
            threadCount: configuration.threadCount,
            listening: listening,
            logger: logger
        )
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

    /// Writes a line to stdout on a pool thread, because stdout may be a full pipe.
    ///
    /// The server runs even if that fails, and then logs the line.
    private static func announce(_ line: String, logger: Logger) {
        NIOThreadPool.singleton.submit { _ in
            do {
                try TextOutput(.standardOutput).write("\(line)\n")
            } catch {
                logger.warning("stdout failed", metadata: ["error": "\(error)", "line": "\(line)"])
            }
        }
    }

    private func serverConfiguration(logger: Logger) -> PrimeServer.Configuration {
        var configuration = PrimeServer.Configuration(host: self.host, port: self.port)
        if let threads = self.threads { configuration.threadCount = threads }
        configuration.byteOrder = self.byteOrder
        configuration.maxConnections = min(self.maxConnections, max(1, OpenFileLimit.raise() - Self.otherFiles))
        if configuration.maxConnections < self.maxConnections {
            logger.notice(
                "the limit of open files is too low for --max-connections",
                metadata: ["connections": "\(configuration.maxConnections)", "requested": "\(self.maxConnections)"]
            )
        }
        configuration.timeLimits.idle = self.idleTimeout.duration
        configuration.timeLimits.request = self.requestTimeout.duration
        configuration.timeLimits.write = self.writeTimeout.duration
        configuration.timeLimits.age = self.maxConnectionAge?.duration
        configuration.drainTimeout = self.drainTimeout.duration
        return configuration
    }

    /// Runs the server until it ends; the first signal starts its graceful shutdown, the second ends the program.
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
                        logger.warning("second signal: exiting at once", metadata: ["signal": "\(signal)"])
                        Self.log.flush()
                        Self.exit(withError: ProgramExit.failure.code)
                    }
                    isStopping = true
                    logger.info("stopping", metadata: ["signal": "\(signal)"])
                    await services.triggerGracefulShutdown()
                }
            }
            // The services end first, because the sequence of signals has no end.
            try await group.next()
            group.cancelAll()
        }
    }

    private func checkHealth() async throws {
        var configuration = PrimeClient.Configuration()
        configuration.byteOrder = self.byteOrder
        configuration.timeout = .seconds(5)
        // A supervisor repeats its health check itself.
        configuration.retries = 0
        let prime = try await PrimeClient.withClient(
            host: self.host ?? "localhost",
            port: self.port,
            configuration: configuration
        ) { client in
            try await client.prime(at: 1)
        }
        guard prime == 2 else { throw ProgramExit.failure.code }
    }
}

/// A service that fills the index's memory, from when the server listens until graceful shutdown.
///
/// It does not wait for the server to end: its threads run at low priority, and the process cannot end before they do.
private struct MemoryFill: Service {
    let index: PrimeIndex
    let threadCount: Int
    /// A sequence that ends when the server listens.
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
    /// The address as in `127.0.0.1:8080` or `[::1]:8080`.
    fileprivate var hostAndPort: String {
        let host = self.ipAddress ?? ""
        return "\(host.contains(":") ? "[\(host)]" : host):\(self.port ?? 0)"
    }
}

// swift-format-ignore: AvoidRetroactiveConformances
// A program may: no other module can import this one, and meet another conformance.
extension Logger.Level: @retroactive ExpressibleByArgument {}
