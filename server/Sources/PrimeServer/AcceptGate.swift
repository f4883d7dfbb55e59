internal import Logging
internal import NIOCore
internal import NIOPosix
internal import SystemPackage

/// Stands before the listening socket: takes connections while there are places, and while there are files.
///
/// What is not taken waits in the kernel's queue; nobody is refused.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    /// Connections that are taken in one turn of the loop.
    private static let acceptsPerTurn = 64
    /// How long accepting pauses when there are no files.
    private static let pause = TimeAmount.milliseconds(100)
    /// How often at most a shortage is logged.
    private static let logInterval = TimeAmount.seconds(10)

    private let connectionLimit: ConnectionLimit
    private let counters: LoopCounters
    private let logger: Logger
    private var lastLogged: NIODeadline?

    init(connectionLimit: ConnectionLimit, counters: LoopCounters, logger: Logger) {
        self.connectionLimit = connectionLimit
        self.counters = counters
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        self.connectionLimit.connectionOpened()
        self.unwrapInboundIn(data).closeFuture.whenComplete { [connectionLimit, eventLoop = context.eventLoop] _ in
            guard connectionLimit.connectionClosed() else { return }
            eventLoop.execute {
                let (gate, context) = gate.value
                gate.read(context: context)
            }
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        guard !self.connectionLimit.isReached || self.connectionLimit.awaitClose() else {
            self.counters.pausesAtConnectionLimit.add()
            self.log("all places are taken: new connections wait", ["connections": "\(self.connectionLimit.count)"])
            return
        }
        // Near the limit one at a time, so as not to go beyond it.
        let left = self.connectionLimit.maxConnections - self.connectionLimit.count
        let accepts: UInt = left < Self.acceptsPerTurn ? 1 : UInt(Self.acceptsPerTurn)
        try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: accepts)
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError).map({ Errno(rawValue: $0.errnoCode) }),
            [.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory].contains(code)
        else {
            self.logger.debug("accepting failed", metadata: ["error": "\(error)"])
            return
        }
        // The socket stays ready, and would be tried again without end: only `autoRead` keeps the loop off it.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
        self.counters.pausesAtFileLimit.add()
        self.log("no files are left: new connections wait", ["connections": "\(self.connectionLimit.count)"])
    }

    private func log(_ message: Logger.Message, _ metadata: Logger.Metadata) {
        let now = NIODeadline.now()
        if let lastLogged = self.lastLogged, now - lastLogged < Self.logInterval { return }
        self.lastLogged = now
        self.logger.warning(message, metadata: metadata)
    }
}
