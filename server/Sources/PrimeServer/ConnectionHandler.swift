internal import Logging
internal import NIOCore

/// Moves bytes between a peer, its ``ConnectionState`` and the ``ComputePool``; lives on the connection's event loop.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What all connections share.
    struct Environment: Sendable {
        var answerer: RequestAnswerer
        var pool: ComputePool
        var limits: ConnectionClocks.Limits
        var logger: Logger
        let allocator = ByteBufferAllocator()
    }

    /// A connection that has been idle for less is in use.
    private static let shortestIdle = TimeAmount.seconds(1)
    /// How long a peer may take to close its side after the server has closed its own.
    private static let lingerLimit = TimeAmount.milliseconds(200)
    /// The same after the end of a connection that may be in full use: up to 128 KiB of answers are on their way, and nobody
    /// waits for the end.
    private static let lingerLimitOfAge = TimeAmount.seconds(1)

    private let group: ConnectionGroup
    private var context: ChannelHandlerContext?
    private var state = ConnectionState()
    private var clocks: ConnectionClocks
    /// Set once the connection ends by the server's will.
    private var reason: CloseReason?
    private var lingersUntil: NIODeadline?
    private var mayHaveUnsent = false
    /// Whether it was there when the clocks were last looked at: by the next time, what came with it has been read.
    private(set) var isSettled = false
    /// Where it rests, if it does; the group's.
    var idlePosition: LinkedList<ConnectionHandler>.Position?
    /// Where it is in the list of its age, as long as it does not close; the group's.
    var agePosition: LinkedList<ConnectionHandler>.Position?

    init(group: ConnectionGroup) {
        self.group = group
        self.clocks = ConnectionClocks(group.environment.limits, at: group.now)
    }

    private var environment: Environment { self.group.environment }
    private var counters: LoopCounters { self.group.counters }

    // MARK: - Events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.group.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        let reason = self.reason ?? .peer
        self.group.remove(self, reason: reason)
        self.counters.droppedRequests.add(self.state.unansweredRequests)
        if self.state.partialBytes > 0 { self.counters.truncatedRequests.add() }
        self.environment.logger.debug("closed", metadata: ["reason": "\(reason)"])
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.group.activate(self)
        var bytes = self.unwrapInboundIn(data)
        let completed = self.state.received(&bytes)
        self.counters.receivedRequests.add(completed)
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
        // Most often the peer has reset the connection. One connection's error ends that connection alone.
        self.environment.logger.debug("connection failed", metadata: ["error": "\(error)"])
        self.cutOff(.failed)
    }

    // MARK: - Clocks and ending

    var isOpen: Bool { self.context != nil }

    /// Whether nothing is asked or owed.
    var isIdle: Bool { self.isOpen && self.reason == nil && self.state.isIdle && self.unsentBytes == 0 }

    /// Whether it has been at rest for a while.
    func mayBeDisplaced(at now: NIODeadline) -> Bool {
        self.isIdle && now - self.clocks.lastActive >= Self.shortestIdle
    }

    /// See ``ConnectionClocks/agePercentage``.
    var agePercentage: Int { self.clocks.agePercentage }

    /// Whether it has reached its maximum age.
    func isOld(at now: NIODeadline) -> Bool { self.clocks.isOld(at: now) }

    /// Ends the connection if its time is up.
    ///
    /// - Returns: Whether it ends, now or since earlier.
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
        switch self.clocks.expiry(of: activity, within: self.environment.limits, at: now) {
        case nil: break
        case .writeTimeout: self.cutOff(.writeTimeout)
        case let reason?: self.end(reason)
        }
        return self.reason != nil
    }

    /// Takes no further request, answers those that have been received, then closes.
    func end(_ reason: CloseReason) {
        guard let context = self.context, self.reason == nil else { return }
        self.group.activate(self)
        self.group.closes(self)
        self.reason = reason
        self.state.inputEnded()
        self.proceed(context: context)
    }

    /// Closes now; what is not sent is lost.
    func cutOff(_ reason: CloseReason) {
        self.group.closes(self)
        self.reason = self.reason ?? reason
        self.context?.close(promise: nil)
    }

    /// Answers that have been written, but not sent: in bytes.
    ///
    /// To ask costs a microsecond, which every connection would pay at every look at the clocks.
    private var unsentBytes: Int {
        guard self.mayHaveUnsent else { return 0 }
        let bytes = (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        self.mayHaveUnsent = bytes > 0
        return bytes
    }

    // MARK: - Answering

    /// Takes one step after another until it has to wait, and reads on if there is room for more.
    ///
    /// What takes no sieving is answered here and now, and all of it leaves in one write.
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
            if case .close(let truncatedBytes) = step { self.close(truncatedBytes, context: context) }
            break
        }
        // Once it has closed its side, it reads to learn when the peer does.
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
    }

    /// Closes once all answers are sent: closing drops what is not.
    private func close(_ truncatedBytes: Int, context: ChannelHandlerContext) {
        if truncatedBytes > 0 {
            self.environment.logger.debug("truncated request dropped", metadata: ["bytes": "\(truncatedBytes)"])
        }
        guard self.unsentBytes > 0 else { return self.closeSent(context: context) }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in self.closeSent(context: context) }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: sent)
    }

    private func closeSent(context: ChannelHandlerContext) {
        // Who has closed its sending side has nothing more to say. To another, closing while it speaks would be a reset,
        // which may destroy answers on their way: so the server closes its sending side, and listens for a moment.
        guard self.reason != nil else { return context.close(promise: nil) }
        self.lingersUntil = self.group.now + (self.reason == .age ? Self.lingerLimitOfAge : Self.lingerLimit)
        context.close(mode: .output, promise: nil)
        context.read()
    }
}
