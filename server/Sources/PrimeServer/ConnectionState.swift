package import NIOCore
internal import PrimeProtocol

/// The requests of one connection: a plain value that learns of each event and decides what to do next.
///
/// Requests wait here encoded, as they came. Only one piece of them at a time is computed, so that answers keep the
/// order of the requests, and connections with many requests take turns with all others.
package struct ConnectionState {
    /// Makes the state of a new connection.
    package init() {}

    /// The next action of the connection.
    package enum Step: Equatable {
        /// Compute the answers to these requests, then call ``answered(_:)``.
        case compute(ByteBuffer)
        /// Close when all written answers are sent; ``partialBytes`` is what is left of an incomplete request.
        case close
        /// Wait for the next event.
        case wait
    }

    /// The number of waiting requests at which reading pauses; TCP then stops the peer (back-pressure).
    package static let waitingLimit = 1024
    /// The most requests of one piece: about 2 ms of a worker's time if all are cold.
    package static let pieceLimit = 256

    private enum Phase { case open, inputEnded, closing }

    private var waiting = ByteBuffer()
    /// The number of requests that are being computed.
    private var computing = 0
    private var phase = Phase.open

    /// Whether to read more from the peer.
    package var wantsBytes: Bool { self.phase == .open && !self.isFull }

    /// Whether the number of waiting requests has reached its limit.
    package var isFull: Bool { self.waiting.readableBytes >= Self.waitingLimit * PrimeRequest.byteCount }

    /// Whether requests are being computed.
    package var isComputing: Bool { self.computing > 0 }

    /// Whether no byte waits and no request is being computed.
    package var isIdle: Bool { !self.isComputing && self.waiting.readableBytes == 0 }

    /// The number of complete requests without an answer.
    package var unansweredRequests: Int { self.computing + self.waiting.readableBytes / PrimeRequest.byteCount }

    /// The number of bytes of a request that is not complete yet.
    package var partialBytes: Int { self.waiting.readableBytes % PrimeRequest.byteCount }

    /// Takes bytes from the peer.
    ///
    /// - Returns: The number of requests that the bytes complete.
    @discardableResult
    package mutating func received(_ bytes: inout ByteBuffer) -> Int {
        guard self.phase == .open, bytes.readableBytes > 0 else { return 0 }
        let completed = (self.partialBytes + bytes.readableBytes) / PrimeRequest.byteCount
        if self.waiting.readableBytes == 0 {
            self.waiting = bytes
        } else {
            self.waiting.discardReadBytes()
            self.waiting.writeBuffer(&bytes)
        }
        return completed
    }

    /// Takes no further bytes: the peer has closed its sending side, or the server ends the connection.
    package mutating func inputEnded() {
        if self.phase == .open { self.phase = .inputEnded }
    }

    /// Records that answers to the first of the requests that are being computed have been written.
    package mutating func answered(_ count: Int) {
        precondition(count <= self.computing, "\(count) answers for \(self.computing) requests")
        self.computing -= count
    }

    /// Decides what to do next; the caller must do it at once.
    ///
    /// - Parameter isWritable: Whether the channel takes more answers; if not, nothing more is computed.
    /// - Returns: The next step.
    package mutating func next(isWritable: Bool) -> Step {
        guard !self.isComputing, self.phase != .closing else { return .wait }
        let wholeRequests = min(self.waiting.readableBytes / PrimeRequest.byteCount, Self.pieceLimit)
        if wholeRequests > 0 {
            guard isWritable, let piece = self.waiting.readSlice(length: wholeRequests * PrimeRequest.byteCount) else {
                return .wait
            }
            self.computing = wholeRequests
            // An idle connection keeps no buffer.
            if self.waiting.readableBytes == 0 { self.waiting = ByteBuffer() }
            return .compute(piece)
        }
        guard self.phase == .inputEnded else { return .wait }
        self.phase = .closing
        return .close
    }
}
