internal import DequeModule
internal import Dispatch
internal import NIOCore
internal import NIOPosix
internal import PrimeProtocol
internal import Synchronization

/// A fixed number of worker threads that compute answers, and their queue.
///
/// Each connection has at most one piece of work here. So the queue is never longer than the number of connections, and
/// its first-in, first-out order gives the connections turns.
///
/// A worker takes several small pieces at a time and delivers their answers together, because waking an event loop costs
/// as much CPU time as several cold look-ups.
final class ComputePool: Sendable {
    /// The next requests of one connection.
    struct Piece {
        /// Complete requests, encoded.
        let requests: ByteBuffer
        /// The connection; if it is closed, its requests are not computed.
        let channel: any Channel
        /// Receives the answers in the order of the requests; fewer of them if the connection is closed.
        let answers: EventLoopPromise<EncodedAnswers>
    }

    private struct Work {
        var waiting = Deque<Piece>()
        var busyWorkers = 0
    }

    /// A worker that has this many requests takes no further piece: about 1 ms of cold look-ups.
    private static let requestsAtOnce = 128

    private let threads: NIOThreadPool
    private let threadCount: Int
    private let answerer: RequestAnswerer
    /// Guards the queue and the number of workers that take from it.
    private let work = Mutex(Work())

    /// Makes a pool whose threads do not run before ``start()``.
    init(_ answerer: RequestAnswerer, threadCount: Int) {
        self.threads = NIOThreadPool(numberOfThreads: threadCount)
        self.threadCount = threadCount
        self.answerer = answerer
    }

    /// The number of pieces that wait for a worker.
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

    /// Appends work to the queue.
    func answer(_ pieces: [Piece]) {
        let workers = self.work.withLock { work in
            work.waiting.append(contentsOf: pieces)
            let workers = min(pieces.count, self.threadCount - work.busyWorkers)
            work.busyWorkers += workers
            return workers
        }
        // Also if NIO cancels the job: then the connections are closed, and their promises still have to be fulfilled.
        for _ in 0..<workers { self.threads.submit { _ in self.answerUntilEmpty() } }
    }

    private func answerUntilEmpty() {
        while let pieces = self.takePieces() {
            let answers = pieces.map(self.answer)
            for (piece, answers) in zip(pieces, answers) { piece.answers.succeed(answers) }
        }
    }

    /// Takes the next pieces for a worker from the queue; `nil` if it is empty, and then the worker is no longer busy.
    private func takePieces() -> [Piece]? {
        self.work.withLock { work in
            var pieces: [Piece] = []
            var requestCount = 0
            let share = (work.waiting.count + self.threadCount - 1) / self.threadCount
            while requestCount < Self.requestsAtOnce, pieces.count < share, let piece = work.waiting.popFirst() {
                pieces.append(piece)
                requestCount += piece.requests.readableBytes / PrimeRequest.byteCount
            }
            if pieces.isEmpty { work.busyWorkers -= 1 }
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
