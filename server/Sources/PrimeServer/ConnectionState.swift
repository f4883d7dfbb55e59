package import NIOCore
internal import PrimeProtocol

/// What the server owes one peer: a plain value, told what happened and asked what to do next.
///
/// Requests wait here as the bytes they came in. One piece of them at a time is being computed, so answers keep the
/// order of the requests, and a peer that asks for much takes turns with all others.
package struct ConnectionState {
    /// A connection from which nothing has come yet.
    package init() {}

    /// What the connection does next.
    package enum Step: Equatable {
        /// Compute the answers to these requests, then report them ``answered(_:)``.
        case compute(ByteBuffer)
        /// Close, when all that was written has been sent; `truncatedBytes` of a last request came too few.
        case close(truncatedBytes: Int)
        /// Nothing until something happens.
        case wait
    }

    /// A peer may have this many requests waiting; then nothing more is read from it, and TCP tells it so.
    package static let waitingLimit = 1024
    /// So many requests at most are computed in one piece: about 2 ms of a worker at the price of a cold look-up.
    package static let pieceLimit = 256

    private enum Phase { case open, inputEnded, closing }

    private var waiting = ByteBuffer()
    /// How many requests the piece has that is being computed.
    private var computing = 0
    private var phase = Phase.open

    /// Whether more should be read from the peer.
    package var wantsBytes: Bool { self.phase == .open && !self.isFull }

    /// Whether as many requests wait as may.
    package var isFull: Bool { self.waiting.readableBytes >= Self.waitingLimit * PrimeRequest.byteCount }

    /// Whether a piece is being computed.
    package var isComputing: Bool { self.computing > 0 }

    /// Whether nothing at all is waiting or being computed.
    package var isIdle: Bool { !self.isComputing && self.waiting.readableBytes == 0 }

    /// Requests that have come whole, and have no answer yet.
    package var unansweredRequests: Int { self.computing + self.waiting.readableBytes / PrimeRequest.byteCount }

    /// How many bytes have come of a request that is not yet whole.
    package var partialBytes: Int { self.waiting.readableBytes % PrimeRequest.byteCount }

    /// The peer sent something.
    ///
    /// - Returns: How many requests became whole by it.
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

    /// No request will come any more: the peer has closed its sending side, or the server is stopping.
    package mutating func inputEnded() {
        if self.phase == .open { self.phase = .inputEnded }
    }

    /// The answers to the first requests of the piece that is being computed have been written.
    package mutating func answered(_ count: Int) {
        precondition(count <= self.computing, "\(count) answers came, but \(self.computing) were being computed")
        self.computing -= count
    }

    /// Decides what to do next.
    ///
    /// - Parameter isWritable: Whether the peer takes its answers; if not, nothing more is computed for it.
    /// - Returns: The next step, to be taken at once.
    package mutating func next(isWritable: Bool) -> Step {
        guard !self.isComputing, self.phase != .closing else { return .wait }
        let wholeRequests = min(self.waiting.readableBytes / PrimeRequest.byteCount, Self.pieceLimit)
        if wholeRequests > 0 {
            guard isWritable, let piece = self.waiting.readSlice(length: wholeRequests * PrimeRequest.byteCount) else {
                return .wait
            }
            self.computing = wholeRequests
            // An idle connection holds no memory for what it once asked.
            if self.waiting.readableBytes == 0 { self.waiting = ByteBuffer() }
            return .compute(piece)
        }
        guard self.phase == .inputEnded else { return .wait }
        self.phase = .closing
        return .close(truncatedBytes: self.waiting.readableBytes)
    }
}
