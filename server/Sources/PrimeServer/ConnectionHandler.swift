internal import Logging
internal import NIOCore

/// A handler that moves bytes between a peer, its ``ConnectionState`` and the ``ComputePool``.
///
/// All of it runs on the connection's event loop.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The objects that all connections share.
    struct Environment: Sendable {
        var answerer: RequestAnswerer
        var pool: ComputePool
        var timeLimits: PrimeServer.TimeLimits
        var logger: Logger
        let allocator = ByteBufferAllocator()
    }

    /// How long a connection must be idle before it may be displaced.
    private static let leastIdle = TimeAmount.seconds(1)
    /// How long the server lingers after its half-close, until the peer closes its side.
    private static let lingerLimit = TimeAmount.milliseconds(200)
    /// The same for an old connection: it may be busy, with up to 128 KiB of answers on their way, and its end is not urgent.
    private static let lingerLimitOfAge = TimeAmount.seconds(1)

    private let group: ConnectionGroup
    private var context: ChannelHandlerContext?
    private var log: ConnectionLog?
    private var state = ConnectionState()
    private var clocks: ConnectionClocks
    /// Set when the server, rather than the peer, begins to close the connection.
    private var reason: CloseReason?
    private var lingersUntil: NIODeadline?
    private var mayHaveUnsent = false
    /// Whether a sweep has checked the clocks; what the peer sent while it connected has been read by the next sweep.
    private(set) var isSettled = false
    /// The position in the group's list of idle connections; `nil` while the connection is active.
    var idlePosition: LinkedList<ConnectionHandler>.Position?
    /// The position in the group's list by age; `nil` without an age limit, and while the connection is closing.
    var agePosition: LinkedList<ConnectionHandler>.Position?

    init(group: ConnectionGroup) {
        self.group = group
        self.clocks = ConnectionClocks(group.environment.timeLimits, at: group.now)
    }

    private var environment: Environment { self.group.environment }
    private var counters: LoopCounters { self.group.counters }

    // MARK: - Events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.log = ConnectionLog(self.environment.logger, peer: context.channel.remoteAddress)
        self.group.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        let reason = self.reason ?? .peer
        self.group.remove(self, reason: reason)
        self.counters.droppedRequests.add(self.state.unansweredRequests)
        if self.state.partialBytes > 0 { self.counters.truncatedRequests.add() }
        self.log?.closed(reason, incompleteBytes: self.state.partialBytes)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.group.activate(self)
        var bytes = self.unwrapInboundIn(data)
        let completed = self.state.received(&bytes)
        self.counters.receivedRequests.add(completed)
        self.log?.received(completed)
        if self.state.isFull { self.counters.readPauses.add() }
        self.clocks.received(
            completesRequest: completed > 0,
            partialBytes: self.state.partialBytes,
            at: self.group.now
        )
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.proceed(context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable { self.counters.computePauses.add() }
        self.proceed(context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        if self.lingersUntil != nil { return context.close(promise: nil) }
        self.state.inputEnded()
        self.proceed(context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Usually a reset by the peer. An error ends its own connection only.
        self.log?.failed(error)
        self.cutOff(.failed)
    }

    // MARK: - Clocks and closing

    var isOpen: Bool { self.context != nil }

    /// Whether the connection has no request without an answer and no answer that waits to be sent.
    var isIdle: Bool { self.isOpen && self.reason == nil && self.state.isIdle && self.unsentBytes == 0 }

    /// Returns whether the connection has been idle long enough to make room for others.
    func mayBeDisplaced(at now: NIODeadline) -> Bool {
        self.isIdle && now - self.clocks.lastActive >= Self.leastIdle
    }

    /// See ``ConnectionClocks/agePercentage``.
    var agePercentage: Int { self.clocks.agePercentage }

    /// Returns whether the connection has reached its maximum age.
    func isOld(at now: NIODeadline) -> Bool { self.clocks.isOld(at: now) }

    /// Ends the connection if it exceeds a time limit.
    ///
    /// - Returns: Whether the connection is closing, since now or earlier.
    func checkClocks(at now: NIODeadline) -> Bool {
        self.isSettled = true
        if let lingersUntil = self.lingersUntil {
            if now >= lingersUntil { self.context?.close(promise: nil) }
            return true
        }
        let activity = ConnectionClocks.Activity(
            isComputing: self.state.isComputing,
            unsentBytes: self.unsentBytes
        )
        switch self.clocks.expiry(of: activity, within: self.environment.timeLimits, at: now) {
        case nil: break
        case .writeTimeout: self.cutOff(.writeTimeout)
        case let reason?: self.end(reason)
        }
        return self.reason != nil
    }

    /// Takes no further request, answers those that have been received, and closes.
    func end(_ reason: CloseReason) {
        guard let context = self.context, self.reason == nil else { return }
        self.group.activate(self)
        self.group.beginClosing(self)
        self.reason = reason
        self.state.inputEnded()
        self.proceed(context: context)
    }

    /// Closes at once; unsent answers are lost.
    func cutOff(_ reason: CloseReason) {
        self.group.beginClosing(self)
        self.reason = self.reason ?? reason
        self.context?.close(promise: nil)
    }

    /// The number of bytes that have been written, but not sent.
    ///
    /// Reading it costs 1 µs, so `mayHaveUnsent` avoids that at most sweeps.
    private var unsentBytes: Int {
        guard self.mayHaveUnsent else { return 0 }
        let bytes = (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        self.mayHaveUnsent = bytes > 0
        return bytes
    }

    // MARK: - Answering

    /// Takes steps until the connection has to wait, and continues reading if there is room for more requests.
    ///
    /// Answers that are in memory are computed here, and leave in one write.
    private func proceed(context: ChannelHandlerContext) {
        var answers = EncodedAnswers()
        var began: NIODeadline?
        while true {
            let step = self.state.next(isWritable: context.channel.isWritable)
            if case .compute(var requests) = step {
                if began == nil {
                    began = .now()
                    answers.bytes = self.environment.allocator.buffer(capacity: requests.readableBytes * 2)
                }
                let answered = answers.count
                self.environment.answerer.answerResident(&requests, into: &answers)
                self.state.answered(answers.count - answered)
                guard self.state.isComputing else { continue }
                self.compute(requests, context: context)
            }
            if let began { self.write(answers, began: began, context: context) }
            self.counters.residentAnswers.add(answers.count)
            if case .close = step { self.close(context: context) }
            break
        }
        // After the half-close, reading tells when the peer closes its side.
        if self.state.wantsBytes || self.lingersUntil != nil { context.read() }
    }

    private func compute(_ requests: ByteBuffer, context: ChannelHandlerContext) {
        let began = NIODeadline.now()
        let answers = self.group.compute(requests, for: context.channel)
        answers.assumeIsolated().whenComplete { answers in
            guard context.channel.isActive else { return }
            switch answers {
            case .success(let answers):
                self.write(answers, began: began, context: context)
                self.state.answered(answers.count)
                self.proceed(context: context)
            case .failure(let error):
                self.errorCaught(context: context, error: error)
            }
        }
    }

    private func write(_ answers: EncodedAnswers, began: NIODeadline, context: ChannelHandlerContext) {
        let count = answers.count
        guard count > 0 else { return }
        self.clocks.wrote(answers.bytes.readableBytes, at: self.group.now)
        context.writeAndFlush(self.wrapOutboundOut(answers.bytes), promise: nil)
        self.mayHaveUnsent = true
        self.counters.answeredRequests.add(count - answers.withoutPrime)
        self.counters.requestsWithoutPrime.add(answers.withoutPrime)
        self.counters.latency.record(.now() - began, requestCount: count)
        self.log?.answered(count)
    }

    /// Closes when all answers are sent, because closing drops unsent ones.
    private func close(context: ChannelHandlerContext) {
        guard self.unsentBytes > 0 else { return self.closeSent(context: context) }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in self.closeSent(context: context) }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: sent)
    }

    private func closeSent(context: ChannelHandlerContext) {
        // If the peer has closed its sending side, closing is safe. Otherwise, closing with unread requests sends a reset,
        // which may destroy answers on their way: so the server half-closes, and lingers.
        guard self.reason != nil else { return context.close(promise: nil) }
        self.lingersUntil = self.group.now + (self.reason == .age ? Self.lingerLimitOfAge : Self.lingerLimit)
        context.close(mode: .output, promise: nil)
        context.read()
    }
}
