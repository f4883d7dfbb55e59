public import Logging
public import NIOCore
internal import NIOPosix
public import NthPrime
internal import PrimeProtocol
public import ServiceLifecycle
internal import SystemPackage

/// A server that answers "what is the M-th prime?" on a TCP port.
///
/// Event loops move bytes; a fixed pool of threads, with a queue, computes. At graceful shutdown the server accepts no more
/// connections, answers every request that it has received, closes each connection, and returns.
public struct PrimeServer: Service {
    /// The number of event loops: half of the cores, because the kernel's part of networking takes the other half.
    ///
    /// Measured on two cores, clients included: with 32 connections and one request at a time, one event loop has 1.2 times
    /// the throughput of two.
    private static let eventLoopCount = max(1, System.coreCount / 2)
    /// The length of the accept queue; `net.core.somaxconn` may lower it.
    private static let backlog: Int32 = 4096
    /// How many times a stopping server re-checks the accept queue, every 0.1 s.
    private static let lastChecks = 10
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
    private let onListening: @Sendable (SocketAddress) -> Void
    private let answerer: RequestAnswerer
    private let pool: ComputePool
    private let counters = ServerCounters(loopCount: Self.eventLoopCount)

    /// Makes a server; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - configuration: The address to listen on, and the limits.
    ///   - index: Computes the answers.
    ///   - logger: Receives the end of each connection at debug level, and overload as warnings.
    ///   - onListening: Called once, with the server's address, when it accepts connections.
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
            timeLimits: self.configuration.timeLimits,
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
            // The timer ends with the event loop, at the latest.
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

    /// Closes the listener when the accept queue is empty, because closing resets the connections in it.
    ///
    /// The queue is taken as empty if the server accepts no connection between two checks; the last check closes in any case.
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
        let port = self.configuration.port
        // "::" includes IPv4; on a machine without IPv6, "0.0.0.0" is all interfaces.
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
        preconditionFailure("listening on the last address neither succeeded nor failed")
    }
}
