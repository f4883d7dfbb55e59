public import Logging
public import NIOCore
internal import NIOPosix
internal import NameResolution
public import NthPrime
internal import PrimeProtocol
public import ServiceLifecycle

/// A server that answers "what is the M-th prime?" on a TCP port.
///
/// Event loops move bytes; a fixed pool of threads, with a queue, computes. At graceful shutdown the server accepts no more
/// connections, answers every request that it has received, closes each connection, and returns.
public struct PrimeServer: Service {
    /// The number of event loops: one for each core, because one loop answers resident M on one core only.
    ///
    /// The clients are on other machines. `docs/performance.md` has the measurement.
    package static let eventLoopCount = System.coreCount
    /// The most bytes of one read: 1,024 requests, so that a burst cannot exceed the limit of waiting requests by more.
    private static let receiveBytes = ConnectionState.waitingLimit * PrimeRequest.byteCount

    /// The kernel's receive buffer of a connection, which inherits the size from the listener.
    ///
    /// When a peer closes its side, NIO reads all of the buffer at once; without this limit that was up to 32 MB.
    private static let kernelReceiveBytes = 16 << 10
    /// The kernel's send buffer of a connection.
    private static let kernelSendBytes = 64 << 10
    /// The first size of NIO's receive buffer, which lives as long as the connection and grows only with need.
    private static let smallestReceiveBytes = 64

    private let configuration: Configuration
    private let logger: Logger
    private let onListening: @Sendable ([SocketAddress]) -> Void
    private let answerer: RequestAnswerer
    private let pool: ComputePool
    private let counters = ServerCounters(loopCount: Self.eventLoopCount)

    /// Makes a server; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - configuration: The address to listen on, and the limits.
    ///   - index: Computes the answers.
    ///   - logger: Receives the beginning and the end of each connection at debug level, and overload as warnings.
    ///   - onListening: Called once, with the server's addresses, when it accepts connections on all of them.
    public init(
        configuration: Configuration,
        index: PrimeIndex,
        logger: Logger,
        onListening: @escaping @Sendable ([SocketAddress]) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.answerer = RequestAnswerer(index: index, byteOrder: configuration.byteOrder)
        self.pool = ComputePool(self.answerer, threadCount: configuration.threadCount)
        self.logger = logger
        self.onListening = onListening
    }

    /// The counts of connections and requests up to now; may be read from any thread.
    ///
    /// - Complexity: O(1).
    public var statistics: ServerStatistics {
        var statistics = self.counters.statistics
        statistics.queuedPieces = self.pool.queuedPieces
        return statistics
    }

    /// Serves until graceful shutdown or cancellation; call it only once.
    ///
    /// - Throws: ``PrimeServerError`` if the server cannot listen, or cannot go on listening. In the second case it has
    ///   answered what it had received.
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
            timeLimits: self.configuration.timeLimits,
            logger: self.logger
        )
        let connections = try await ConnectionGroups(
            on: eventLoops,
            environment: environment,
            connectionLimit: connectionLimit,
            counters: self.counters
        )
        let log = OverloadLog(self.logger)
        let listeners: Listeners
        do {
            listeners = try await cancelWhenGracefulShutdown {
                try await Listeners(
                    host: self.configuration.host,
                    port: self.configuration.port,
                    lookUp: self.configuration.lookUp,
                    eventLoop: eventLoops.next(),
                    logger: self.logger,
                    log: log,
                    makeBootstrap: { self.bootstrap(on: eventLoops, for: connections, connectionLimit, log, ended: $0) }
                )
            }
        } catch is CancellationError {
            return
        }
        self.onListening(listeners.addresses)
        let stop: @Sendable () -> Void = {
            connections.stop()
            connectionLimit.lift()
            listeners.stop(acceptedConnections: { self.statistics.acceptedConnections })
            // The timer ends with the event loop, at the latest.
            eventLoops.next().scheduleTask(in: TimeAmount(self.configuration.drainTimeout)) {
                self.cutOff(connections)
            }
        }
        let outcome: Result<Void, any Error>
        do {
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await listeners.run(whenFailed: { error in
                    self.logger.error(
                        "cannot go on listening: stopping",
                        metadata: ["error": "\(error.systemDescription)"]
                    )
                    stop()
                })
            } onCancelOrGracefulShutdown: {
                stop()
            }
            outcome = .success(())
        } catch {
            outcome = .failure(PrimeServerError(acceptingWith: error))
        }
        await connections.emptied()
        try outcome.get()
    }

    private func cutOff(_ connections: ConnectionGroups) {
        connections.cutOff { [logger] count in
            if count > 0 {
                logger.warning("drain timeout: closing connections", metadata: ["connections": "\(count)"])
            }
        }
    }

    private func bootstrap(
        on eventLoops: MultiThreadedEventLoopGroup,
        for connections: ConnectionGroups,
        _ connectionLimit: ConnectionLimit,
        _ log: OverloadLog,
        ended: EventLoopPromise<Void>
    ) -> ServerBootstrap {
        let receiveAllocator = AdaptiveRecvByteBufferAllocator(
            minimum: Self.smallestReceiveBytes,
            initial: Self.smallestReceiveBytes,
            maximum: Self.receiveBytes
        )
        // The channel completes the promise while it closes, when another event loop might have ended already.
        return ServerBootstrap(group: ended.futureResult.eventLoop, childGroup: eventLoops)
            .serverChannelOption(.backlog, value: Listener.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.so_rcvbuf), value: Self.kernelReceiveBytes)
            .serverChannelOption(.socketOption(.so_sndbuf), value: Self.kernelSendBytes)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(
                            connectionLimit: connectionLimit,
                            counters: connections.group(of: channel.eventLoop).counters,
                            log: log,
                            ended: ended
                        )
                    )
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Set here, because `childChannelOption` takes a promise for each option.
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
    }
}
