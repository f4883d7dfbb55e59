internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A TCP proxy that delays, slices, cuts and resets the connections between clients and a server.
package final class FaultProxy: Sendable {
    private let listener: any Channel
    private let count = Atomic(0)
    private let earlyEnds = Atomic(0)

    /// The port that the proxy listens on.
    package var port: Int { self.listener.localAddress?.port ?? 0 }
    /// How many connections the proxy has accepted.
    package var connectionCount: Int { self.count.load(ordering: .relaxed) }
    /// How many connections the proxy has ended early.
    package var earlyEndCount: Int { self.earlyEnds.load(ordering: .relaxed) }

    private init(listener: any Channel) {
        self.listener = listener
    }

    /// Runs a proxy until `body` returns.
    ///
    /// - Parameters:
    ///   - port: The server's port on 127.0.0.1.
    ///   - host: The address that the proxy listens on.
    ///   - listeningPort: The port that the proxy listens on; 0 for a free port.
    ///   - plan: Returns the faults of a connection by its number, from 0.
    ///   - body: Receives the proxy.
    /// - Returns: What `body` returns.
    /// - Throws: What binding the port or `body` throws.
    package static func with<Result: Sendable>(
        port: Int,
        host: String = "127.0.0.1",
        listeningPort: Int = 0,
        plan: @escaping @Sendable (Int) -> FaultPlan,
        _ body: @escaping @Sendable (FaultProxy) async throws -> Result
    ) async throws -> Result {
        let itself = Mutex<FaultProxy?>(nil)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { client in
                guard let proxy = itself.withLock({ $0 }) else { return client.close() }
                let number = proxy.count.add(1, ordering: .relaxed).oldValue
                return proxy.join(client, to: port, plan(number))
            }
            .bind(host: host, port: listeningPort).get()
        let proxy = FaultProxy(listener: listener)
        itself.withLock { $0 = proxy }
        do {
            let result = try await body(proxy)
            try await listener.close()
            return result
        } catch {
            try await listener.close()
            throw error
        }
    }

    /// Connects to the server for a client, and relays bytes in both directions.
    private func join(_ client: any Channel, to port: Int, _ plan: FaultPlan) -> EventLoopFuture<Void> {
        let onEarlyEnd: @Sendable () -> Void = { self.earlyEnds.add(1, ordering: .relaxed) }
        return ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            // With two pieces in flight, the later could overtake the earlier.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    let answers = FaultyRelay(to: client, plan, onEarlyEnd: onEarlyEnd)
                    try server.pipeline.syncOperations.addHandler(answers)
                    let requests = FaultyRelay(to: server, FaultPlan(), onEarlyEnd: {})
                    try client.pipeline.syncOperations.addHandler(requests)
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .map { _ in }
            // If the server cannot be reached, the client sees its own connection end.
            .flatMapErrorThrowing { _ in client.close(promise: nil) }
    }
}

/// A handler that sends one side's bytes to the other side by a plan, and reads on once they are sent.
private final class FaultyRelay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let plan: FaultPlan
    private let onEarlyEnd: () -> Void
    private var passedBytes = 0
    private var generator: SplitMix64

    init(to other: any Channel, _ plan: FaultPlan, onEarlyEnd: @escaping () -> Void) {
        self.other = other
        self.plan = plan
        self.onEarlyEnd = onEarlyEnd
        self.generator = SplitMix64(seed: UInt64(plan.longestDelay))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.start(context: context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.start(context: context)
    }

    private func start(context: ChannelHandlerContext) {
        switch self.plan.end {
        case .cut(afterBytes: 0), .reset(afterBytes: 0): self.end(context: context)
        default: context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.pass(self.unwrapInboundIn(data), context: context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Sends the first piece, and after it the rest.
    private func pass(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        guard bytes.readableBytes > 0 else { return context.read() }
        var rest = bytes
        var length = min(rest.readableBytes, self.plan.sliceBytes ?? .max)
        switch self.plan.end {
        case .cut(let limit), .reset(let limit): length = min(length, limit - self.passedBytes)
        case .peers: break
        }
        let piece = rest.readSlice(length: length) ?? ByteBuffer()
        self.passedBytes += length
        let delay = TimeAmount.microseconds(Int64.random(in: 0...self.plan.longestDelay, using: &self.generator))
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [rest] in
            self.other.writeAndFlush(piece).assumeIsolated().whenComplete { _ in
                switch self.plan.end {
                case .cut(self.passedBytes), .reset(self.passedBytes): self.end(context: context)
                default: self.pass(rest, context: context)
                }
            }
        }
    }

    private func end(context: ChannelHandlerContext) {
        self.onEarlyEnd()
        if case .reset = self.plan.end, let options = self.other as? any SocketOptionProvider {
            // A linger time of 0 makes close send a reset.
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        }
        self.other.close(promise: nil)
        context.close(promise: nil)
    }
}
