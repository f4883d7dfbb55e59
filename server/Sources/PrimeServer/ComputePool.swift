internal import NIOCore
internal import NIOPosix
internal import NthPrime
internal import PrimeProtocol

/// The threads that compute, and the queue before them.
///
/// Every connection has one piece of work here at most, so the queue is never longer than there are connections, and
/// its first-in, first-out order gives each its turn.
struct ComputePool: Sendable {
    private let threads: NIOThreadPool
    private let index: PrimeIndex
    private let byteOrder: ByteOrder

    /// Makes a pool; nothing runs before ``start()``.
    init(index: PrimeIndex, threadCount: Int, byteOrder: ByteOrder) {
        self.threads = NIOThreadPool(numberOfThreads: threadCount)
        self.index = index
        self.byteOrder = byteOrder
    }

    /// Starts the threads.
    func start() {
        self.threads.start()
    }

    /// Ends the threads; what still waits in the queue fails.
    func shutDown() async throws {
        try await self.threads.shutdownGracefully()
    }

    /// Answers a connection's next requests.
    ///
    /// - Parameters:
    ///   - requests: Whole requests, in the form of the wire.
    ///   - channel: Who asks; once it is closed, its work is dropped.
    /// - Returns: The answers, in the form and order of the requests, on the channel's event loop.
    func answer(_ requests: ByteBuffer, for channel: any Channel) -> EventLoopFuture<ByteBuffer> {
        self.threads.runIfActive(eventLoop: channel.eventLoop) { [index, byteOrder] in
            var requests = requests
            let count = requests.readableBytes / PrimeRequest.byteCount
            var answers = channel.allocator.buffer(capacity: count * PrimeAnswer.byteCount)
            while channel.isActive, let request = PrimeRequest(from: &requests, byteOrder: byteOrder) {
                PrimeAnswer(prime: index.prime(at: request.ordinal)).write(to: &answers, byteOrder: byteOrder)
            }
            return answers
        }
    }
}
