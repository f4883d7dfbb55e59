internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NameResolution

/// A handler of the listening channel that accepts connections below the connection limit and while files are left.
///
/// Further connections wait in the accept queue; the server refuses none.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    /// The most connections that one turn of the event loop accepts.
    private static let acceptsPerTurn = 64
    /// How long accepting pauses at a shortage.
    private static let pause = TimeAmount.milliseconds(100)

    private let connectionLimit: ConnectionLimit
    private let counters: LoopCounters
    private let log: OverloadLog
    private let ended: EventLoopPromise<Void>
    private var lastError: (any Error)?

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - connectionLimit: The server's limit.
    ///   - counters: Those of the listening channel's event loop.
    ///   - log: Receives pauses as warnings.
    ///   - ended: Succeeds when the listening channel is closed, or fails with the error that closed it.
    init(
        connectionLimit: ConnectionLimit,
        counters: LoopCounters,
        log: OverloadLog,
        ended: EventLoopPromise<Void>
    ) {
        self.connectionLimit = connectionLimit
        self.counters = counters
        self.log = log
        self.ended = ended
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if let error = self.lastError { self.ended.fail(error) } else { self.ended.succeed() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.connectionLimit.connectionOpened()
        self.unwrapInboundIn(data).closeFuture.whenComplete { [connectionLimit] _ in
            connectionLimit.connectionClosed()
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        guard !self.connectionLimit.isReached || self.awaitClose(context: context) else {
            self.counters.pausesAtConnectionLimit.add()
            self.log.warning(
                "connection limit reached: new connections wait",
                ["connections": "\(self.connectionLimit.count)"]
            )
            return
        }
        // Near the limit, one at a time, in order not to exceed it.
        let left = self.connectionLimit.maxConnections - self.connectionLimit.count
        let accepts: UInt = left < Self.acceptsPerTurn ? 1 : UInt(Self.acceptsPerTurn)
        try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: accepts)
        context.read()
    }

    /// Reads again when a connection closes.
    ///
    /// - Returns: Whether a connection may open already.
    private func awaitClose(context: ChannelHandlerContext) -> Bool {
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        return self.connectionLimit.awaitClose { [eventLoop = context.eventLoop] in
            eventLoop.execute {
                let (gate, context) = gate.value
                gate.read(context: context)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error.isShortage else {
            self.lastError = error
            self.log.logger.debug("accepting failed", metadata: ["error": "\(error)"])
            return
        }
        // The socket stays ready, so the event loop would try again without end; switching `autoRead` off stops it.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
        self.counters.pausesAtFileLimit.add()
        self.log.warning("no files are left: new connections wait", ["connections": "\(self.connectionLimit.count)"])
    }
}
