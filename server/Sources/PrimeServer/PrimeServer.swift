public import Logging
public import NIOCore
internal import NIOPosix
public import NthPrime
internal import PrimeProtocol
public import ServiceLifecycle
internal import SystemPackage

/// Answers "what is the M-th prime?" on a TCP port until it is told to stop.
///
/// Event loops move bytes; a fixed pool of threads, with a queue, computes. On graceful shutdown the server takes no new
/// connections, answers every request that it has received, closes each connection, and returns.
public struct PrimeServer: Service {
    /// Half of the cores move bytes, for the kernel's side of it takes the other half.
    ///
    /// Measured on two cores, with the clients on the same ones: one loop answers 1.2 times as much as two, 32 connections
    /// one request at a time.
    private static let eventLoopCount = max(1, System.coreCount / 2)
    /// The kernel keeps so many connections for us between two turns of the accept loop (it may lower the number).
    private static let backlog: Int32 = 4096
    /// How often it is looked whether connections still wait when the server stops, ten times a second.
    private static let lastChecks = 10
    /// The most that is taken from a peer at once: 1,024 requests, so that a burst cannot outgrow its connection's bound.
    private static let receiveBytes = ConnectionState.waitingLimit * PrimeRequest.byteCount

    /// What the kernel keeps unread of a connection, which inherits it from the listener.
    ///
    /// When a peer closes its side, NIO takes all of that at once; without a bound it was up to 32 MB.
    private static let kernelReceiveBytes = 16 << 10
    /// What the kernel keeps unsent of a connection.
    private static let kernelSendBytes = 64 << 10
    /// Where a connection begins: NIO keeps the buffer for as long as the connection lives, so it grows with need alone.
    private static let smallestReceiveBytes = 64

    private let configuration: Configuration
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress) -> Void
    private let answerer: RequestAnswerer
    private let pool: ComputePool
    private let counters = ServerCounters(loopCount: Self.eventLoopCount)

    /// Makes a server; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - configuration: Where to listen, and the limits.
    ///   - index: Knows the primes.
    ///   - logger: Told, at debug level, what goes on.
    ///   - onListening: Called once, with the address, as soon as connections are taken.
    public init(
        configuration: Configuration,
        index: PrimeIndex,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.answerer = RequestAnswerer(index: index, byteOrder: configuration.byteOrder)
        self.pool = ComputePool(self.answerer, threadCount: configuration.threadCount)
        self.logger = logger
        self.onListening = onListening
    }

    /// What the server has done since it was made.
    package var statistics: ServerStatistics {
        var statistics = self.counters.statistics
        statistics.queuedPieces = self.pool.queuedPieces
        return statistics
    }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// - Throws: ``PrimeServerError`` if the server cannot listen.
    public func run() async throws {
        let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: Self.eventLoopCount)
        self.pool.start()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await self.serve(on: eventLoops))
        } catch {
            outcome = .failure(error)
        }
        // The pool's threads fulfil promises of the event loops, so they end first.
        await self.pool.shutDown()
        try await eventLoops.shutdownGracefully()
        try outcome.get()
    }

    private func serve(on eventLoops: MultiThreadedEventLoopGroup) async throws {
        let connectionLimit = ConnectionLimit(
            self.configuration.maxConnections,
            groupCount: Self.eventLoopCount
        )
        let environment = ConnectionHandler.Environment(
            answerer: self.answerer,
            pool: self.pool,
            limits: self.configuration.clockLimits,
            logger: self.logger
        )
        let connections = try await ConnectionGroups(
            on: eventLoops,
            environment: environment,
            connectionLimit: connectionLimit,
            counters: self.counters
        )
        let listener = try await self.listen(on: eventLoops, for: connections, connectionLimit: connectionLimit)
        if let address = listener.localAddress { self.onListening(address) }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await listener.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            connections.stop()
            connectionLimit.lift()
            listener.read()
            self.close(listener, accepted: nil, checksLeft: Self.lastChecks)
            // If it is not needed it ends with the event loop.
            listener.eventLoop.scheduleTask(in: TimeAmount(self.configuration.drainTimeout)) {
                self.cutOff(connections)
            }
        }
        await connections.emptied()
    }

    private func cutOff(_ connections: ConnectionGroups) {
        connections.cutOff { [logger] count in
            if count > 0 {
                logger.warning("drain timeout: closing connections", metadata: ["connections": "\(count)"])
            }
        }
    }

    /// Closes the listener once what waits in the kernel's queue is taken, for closing would reset it: once none has been
    /// taken between one check and the next, or after the last one.
    private func close(_ listener: any Channel, accepted: Int?, checksLeft: Int) {
        listener.eventLoop.scheduleTask(in: ConnectionGroup.sweepInterval) {
            let acceptedByNow = self.statistics.acceptedConnections
            if acceptedByNow == accepted || checksLeft == 0 {
                listener.close(promise: nil)
            } else {
                self.close(listener, accepted: acceptedByNow, checksLeft: checksLeft - 1)
            }
        }
    }

    private func listen(
        on eventLoops: MultiThreadedEventLoopGroup,
        for connections: ConnectionGroups,
        connectionLimit: ConnectionLimit
    ) async throws -> any Channel {
        let receiveAllocator = AdaptiveRecvByteBufferAllocator(
            minimum: Self.smallestReceiveBytes,
            initial: Self.smallestReceiveBytes,
            maximum: Self.receiveBytes
        )
        let bootstrap = ServerBootstrap(group: eventLoops)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.so_rcvbuf), value: Self.kernelReceiveBytes)
            .serverChannelOption(.socketOption(.so_sndbuf), value: Self.kernelSendBytes)
            .serverChannelInitializer { [logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(
                            connectionLimit: connectionLimit,
                            counters: connections.group(of: channel.eventLoop).counters,
                            logger: logger
                        )
                    )
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Set at once; by `childChannelOption` each would take a promise.
                    if let options = channel.syncOptions {
                        try options.setOption(.autoRead, value: false)
                        try options.setOption(.maxMessagesPerRead, value: 1)
                        try options.setOption(.recvAllocator, value: receiveAllocator)
                        try options.setOption(.allowRemoteHalfClosure, value: true)
                    }
                    let handler = ConnectionHandler(group: connections.group(of: channel.eventLoop))
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        let port = self.configuration.port
        // "::" takes IPv4 as well; where a machine has no IPv6, "0.0.0.0" is all interfaces.
        for host in self.configuration.host.map({ [$0] }) ?? ["::", "0.0.0.0"] {
            do {
                return try await bootstrap.bind(host: host, port: port).get()
            } catch let error as IOError
                where Errno(rawValue: error.errnoCode) == .addressFamilyNotSupported && host == "::"
            {
                continue
            } catch {
                throw PrimeServerError(bindingTo: host, port: port, cause: error)
            }
        }
        preconditionFailure("0.0.0.0 is the last address tried, and returns or throws")
    }
}
