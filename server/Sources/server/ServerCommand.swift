public import ArgumentParser
import Glibc
public import Logging
import NIOCore
import NIOPosix
import NthPrime
import PrimeProtocol
import PrimeServer
public import ProgramOptions
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// The server program: it reads its options, then serves until SIGTERM, SIGINT or SIGHUP.
struct ServerCommand: Program {
    static let name = Self.invokedName(usual: "server")

    static let configuration = CommandConfiguration(
        commandName: Self.name,
        abstract: "Answer \"what is the M-th prime?\" over TCP, for every M from 1 to 4294967295.",
        usage: "\(Self.name) <port> [options]",
        discussion: """
              \(Self.name) 8080                  listen on all interfaces
              \(Self.name) 0 --host 127.0.0.1    listen on loopback, on a free port
              \(Self.name) 8080 --health-check   check whether a server answers there
              \(Self.name) --health-check        the same for a container's server

            A request is M as 4 bytes, its answer the M-th prime as 8 bytes, both big-endian; 0 means that there is no \
            such prime. When the server is ready it prints "listening on <address>:<port>"; its log goes to stderr. \
            At SIGTERM, SIGINT or SIGHUP it answers the requests that it has received, then exits; at a second SIGTERM or \
            SIGINT it exits at once. If it was started with SIGHUP ignored, as by nohup, it ignores SIGHUP.

            The environment can set every option that takes a value: --log-level is NTH_PRIME_LOG_LEVEL, and so on. \
            The command line wins, and an empty variable sets nothing.

            Exit code: 0 ended in order, 1 could not start, health check failed or second signal, 64 wrong command line.
            """,
        version: Self.version
    )

    typealias Port = Bounded<0, 65_535>

    /// The number of files that the server opens besides its connections, and one connection.
    ///
    /// Each event loop has three, each of up to two listening sockets two, signals three, and looking up a name takes two.
    static let requiredFiles = 3 * PrimeServer.eventLoopCount + 10

    /// Tasks have a thread for each core, like the event loops; the log, signals and the look-up of names have others.
    static let requiredThreads = 2 * PrimeServer.eventLoopCount + 4

    @Argument(help: "TCP port to listen on, 0 to 65535; 0 takes a free one.")
    var port: Port?

    @Option(help: "Address to listen on, or a name: then all its addresses. (default: all interfaces, IPv6 and IPv4)")
    var host: HostName?

    @Option(help: "Threads that compute, 1 to 1024. (default: one per core, or what a container may use)")
    var threads: Bounded<1, 1024>?

    @Option(
        help: """
            Memory for computed primes: 0, a size such as 64MiB or 4GiB, a share such as 50% of what the machine or the \
            container has, or all (3.6 GB). (default: 64MiB, or what there is room for)
            """
    )
    var memory: MemorySize?

    @Option(help: "Byte order of the numbers on the wire, big or little.")
    var byteOrder: ByteOrder = .big

    @Option(help: "The most connections at once, 1 to 1000000; further ones wait. The limit of open files lowers it.")
    var maxConnections: Bounded<1, 1_000_000> = 10_000

    @Option(help: "Seconds that a connection may be idle; 0 for no limit.")
    var idleTimeout: Seconds = 60

    @Option(help: "Seconds that a request may take from its first byte to its last; 0 for no limit.")
    var requestTimeout: Seconds = 10

    @Option(help: "Seconds that a client may receive none of the answers that wait for it; 0 for no limit.")
    var writeTimeout: Seconds = 7

    @Option(help: "Seconds after which a connection takes no more requests, plus or minus a tenth; 0 for no limit.")
    var maxConnectionAge: Seconds = 0

    @Option(help: "Seconds that answering the received requests may take when the server stops; 0 drops them.")
    var drainTimeout: Seconds = 8

    @Option(help: "The least severe level to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    @Flag(
        help: """
            Ask the server on this port for the first prime; exit with 0 if it answers, otherwise with 1. Without a port, \
            ask the server that is the first process, as its command line and environment tell it to listen.
            """
    )
    var healthCheck = false

    func validate() throws {
        if self.port == nil, !self.healthCheck { throw ValidationError("the port is missing; \(Self.portAdvice)") }
        if self.port?.value == 0, self.healthCheck {
            throw ValidationError("--health-check needs the port of a running server; use 1 to 65535")
        }
    }

    private static let portAdvice = "use 1 to 65535, or 0 for any free one"

    static func mistake(in arguments: [String]) -> String? {
        guard let wrong = arguments.first(where: { !Port.accepts($0) }) else {
            return arguments.count < 2 ? nil : "\(arguments[1]) is a second port; use \(Self.name) \(arguments[0])"
        }
        // The parts of `localhost:8080`, or of `localhost 8080`.
        let colon = wrong.lastIndex(of: ":") ?? wrong.endIndex
        let ownPort = String(wrong[colon...].dropFirst())
        let host = Port.accepts(ownPort) ? String(wrong[..<colon]) : wrong
        guard HostName.accepts(host), let port = ([ownPort] + arguments).first(where: Port.accepts) else {
            return "port \(wrong) is not valid; \(Self.portAdvice)"
        }
        return "the host is an option; use \(Self.name) \(port) --host \(host)"
    }

    func run() async throws {
        if self.healthCheck {
            try await HealthCheck(self.port == nil ? Self.firstProcess() : self).run()
        } else if let port = self.port {
            try await self.serve(at: port.value)
        }
    }

    private static let log = LogWriter()

    private func serve(at port: Int) async throws {
        defer { Self.log.flush() }
        let logLevel = self.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler(label: label, stream: Self.log)
            handler.logLevel = logLevel
            return handler
        }
        let logger = Logger(label: "nth-prime.server")
        let limits = ResourceLimits()
        let budget = try MemoryBudget.byteCount(of: self.memory, within: limits.memory)
        let index = try PrimeIndex(memoryBudget: budget)
        let configuration = self.serverConfiguration(port: port, limits: limits, logger: logger)
        try ThreadLimit.require(Self.requiredThreads + configuration.threadCount)
        let (listening, isListening) = AsyncStream.makeStream(of: Never.self)
        let server = PrimeServer(
            configuration: configuration,
            index: index,
            logger: logger,
            onListening: { addresses in
                let lines = addresses.map { "listening on \($0.hostAndPort)" }
                Self.announce(lines.joined(separator: "\n"), logger: logger)
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

    private func serverConfiguration(
        port: Int,
        limits: ResourceLimits,
        logger: Logger
    ) -> PrimeServer.Configuration {
        var configuration = PrimeServer.Configuration(host: self.host?.name, port: port)
        configuration.threadCount = self.threads?.value ?? min(configuration.threadCount, limits.processors ?? .max)
        configuration.byteOrder = self.byteOrder
        configuration.maxConnections = min(
            self.maxConnections.value,
            OpenFileLimit.connections(requiredFiles: Self.requiredFiles)
        )
        if configuration.maxConnections < self.maxConnections.value {
            logger.notice(
                "the limit of open files allows fewer connections",
                metadata: [
                    "connections": "\(configuration.maxConnections)", "requested": "\(self.maxConnections.value)",
                ]
            )
        }
        configuration.timeLimits.idle = self.idleTimeout.limit
        configuration.timeLimits.request = self.requestTimeout.limit
        configuration.timeLimits.write = self.writeTimeout.limit
        configuration.timeLimits.age = self.maxConnectionAge.limit
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
        // `nohup` starts a program with SIGHUP ignored.
        let signals =
            ProcessSignals.hasDefaultAction(SIGHUP)
            ? await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
            : await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            group.addTask {
                var toldToStop: ContinuousClock.Instant?
                for await signal in signals {
                    let now = ContinuousClock.now
                    // A supervisor may signal both the process and its group.
                    if let toldToStop, now - toldToStop < .milliseconds(50) { continue }
                    guard toldToStop == nil || signal == .sighup else {
                        logger.warning("second signal: exiting at once", metadata: ["signal": "\(signal)"])
                        Self.log.flush()
                        Self.exit(withError: ProgramExit.failure.code)
                    }
                    // A terminal that closes, and some supervisors, send SIGHUP next to another signal.
                    if signal != .sighup { toldToStop = now }
                    logger.info("stopping", metadata: ["signal": "\(signal)"])
                    await services.triggerGracefulShutdown()
                }
            }
            // The services end first, because the sequence of signals has no end.
            try await group.next()
            group.cancelAll()
        }
    }
}

// swift-format-ignore: AvoidRetroactiveConformances
// A program may: no other module can import this one, and meet another conformance.
extension Logger.Level: @retroactive ExpressibleByArgument, OptionValue {
    /// Parses a level, written in any case.
    public init?(argument: String) {
        self.init(rawValue: argument.lowercased())
    }
}
