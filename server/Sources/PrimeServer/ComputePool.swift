internal import DequeModule
internal import Dispatch
internal import NIOCore
internal import NIOPosix
internal import PrimeProtocol
internal import Synchronization

/// The threads that compute, and the queue before them.
///
/// Every connection has one piece of work here at most, so the queue is never longer than there are connections, and
/// its first-in, first-out order gives each its turn.
///
/// A thread takes several small pieces at a time, and hands their answers back together: to wake an event loop costs as
/// much as some cold look-ups, on both sides.
final class ComputePool: Sendable {
    /// A connection's next requests.
    struct Piece {
        /// Whole requests, in the form of the wire.
        let requests: ByteBuffer
        /// Who asks; once it is closed, its work is dropped.
        let channel: any Channel
        /// Fulfilled with the answers, in the order of the requests.
        let answers: EventLoopPromise<EncodedAnswers>
    }

    private struct Work {
        var waiting = Deque<Piece>()
        var busyThreads = 0
    }

    /// A thread takes no further piece with so many requests in hand: about 1 ms of cold look-ups.
    private static let requestsAtOnce = 128

    private let threads: NIOThreadPool
    private let threadCount: Int
    private let answerer: RequestAnswerer
    /// Guards the queue, and how many threads are at work on it.
    private let work = Mutex(Work())

    /// Makes a pool; nothing runs before ``start()``.
    init(_ answerer: RequestAnswerer, threadCount: Int) {
        self.threads = NIOThreadPool(numberOfThreads: threadCount)
        self.threadCount = threadCount
        self.answerer = answerer
    }

    /// How many pieces of work wait for a thread.
    var queuedPieces: Int { self.work.withLock { $0.waiting.count } }

    /// Starts the threads.
    func start() {
        self.threads.start()
    }

    /// Answers what is queued, then ends the threads; on return, every promise is fulfilled.
    ///
    /// The requests of closed connections are not computed, so call it when all connections are closed, and before the
    /// event loops end.
    func shutDown() async {
        await withCheckedContinuation { ended in
            // On this serial queue, NIO runs the jobs that no thread has begun before it reports the threads' end.
            self.threads.shutdownGracefully(queue: DispatchQueue(label: "ComputePool.shutDown")) { _ in
                ended.resume()
            }
        }
    }

    /// Puts work at the end of the queue.
    func answer(_ pieces: [Piece]) {
        let threads = self.work.withLock { work in
            work.waiting.append(contentsOf: pieces)
            let threads = min(pieces.count, self.threadCount - work.busyThreads)
            work.busyThreads += threads
            return threads
        }
        // Also when NIO cancels the job: then the connections are closed, and their promises still have to be fulfilled.
        for _ in 0..<threads { self.threads.submit { _ in self.answerUntilEmpty() } }
    }

    private func answerUntilEmpty() {
        while let pieces = self.takePieces() {
            let answers = pieces.map(self.answer)
            for (piece, answers) in zip(pieces, answers) { piece.answers.succeed(answers) }
        }
    }

    /// The next pieces for a thread; none, and it is no longer busy.
    private func takePieces() -> [Piece]? {
        self.work.withLock { work in
            var pieces: [Piece] = []
            var requestCount = 0
            let share = (work.waiting.count + self.threadCount - 1) / self.threadCount
            while requestCount < Self.requestsAtOnce, pieces.count < share, let piece = work.waiting.popFirst() {
                pieces.append(piece)
                requestCount += piece.requests.readableBytes / PrimeRequest.byteCount
            }
            if pieces.isEmpty { work.busyThreads -= 1 }
            return pieces.isEmpty ? nil : pieces
        }
    }

    private func answer(_ piece: Piece) -> EncodedAnswers {
        var requests = piece.requests
        var answers = EncodedAnswers()
        answers.bytes.reserveCapacity(requests.readableBytes * 2)
        self.answerer.answer(&requests, into: &answers, while: { piece.channel.isActive })
        return answers
    }
}
