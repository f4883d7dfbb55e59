internal import NIOCore
internal import NIOPosix

/// The threads that compute, and the queue before them.
///
/// Every connection has one piece of work here at most, so the queue is never longer than there are connections, and
/// its first-in, first-out order gives each its turn.
struct ComputePool: Sendable {
    private let threads: NIOThreadPool
    private let answerer: RequestAnswerer

    /// Makes a pool; nothing runs before ``start()``.
    init(_ answerer: RequestAnswerer, threadCount: Int) {
        self.threads = NIOThreadPool(numberOfThreads: threadCount)
        self.answerer = answerer
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
        self.threads.runIfActive(eventLoop: channel.eventLoop) { [answerer] in
            var requests = requests
            var answers = ByteBuffer()
            answers.reserveCapacity(requests.readableBytes * 2)
            answerer.answer(&requests, into: &answers, while: { channel.isActive })
            return answers
        }
    }
}
