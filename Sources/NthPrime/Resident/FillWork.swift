internal import Synchronization

/// The work of filling ``ResidentBlocks`` from the low end, and the threads that do it for the calls of
/// ``run(workers:)``.
///
/// The threads work while a call waits. Under the lock, a thread takes its next run of blocks, or ends. A thread that
/// gives a run back takes one again if a call waits by then. So while a call waits, no run is without a thread.
final class FillWork: Sendable {
    /// The state that calls and threads share; look-ups do not touch it.
    private struct Progress {
        /// No thread has taken this run, nor any after it.
        var nextRun = 0
        /// Runs that were taken, and given back unfinished.
        var givenBack: [Int] = []
        /// Runs below this are done, and their blocks published.
        var doneRuns = 0
        /// Runs that are done although one before them is not.
        var doneAhead: Set<Int> = []
        var threadCount = 0
        /// The calls that wait, by their numbers; finishing the stream resumes the call.
        var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
        var nextCall = 0
    }

    private let blocks: ResidentBlocks
    private let runCount: Int
    private let progress = Mutex(Progress())
    /// An atomic that shows the order of the locked sections to the thread sanitizer, which does not see a `Mutex`.
    private let lastSection = Atomic(false)
    /// Whether a call waits; the threads read it often, and so without the lock.
    private let isWanted = Atomic(false)

    /// Prepares to sieve all blocks that there is room for.
    init(_ blocks: ResidentBlocks) {
        self.blocks = blocks
        self.runCount = (blocks.capacity + SegmentSieve.blocksPerRun - 1) / SegmentSieve.blocksPerRun
    }

    private func withLock<Result: Sendable, Failure: Error>(
        _ body: (inout Progress) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try self.progress.withLock { (progress) throws(Failure) in
            _ = self.lastSection.load(ordering: .acquiring)
            defer { self.lastSection.store(true, ordering: .releasing) }
            return try body(&progress)
        }
    }

    // MARK: - Calls

    /// Starts threads, and waits until all blocks are sieved or the task is cancelled.
    ///
    /// - Parameter workers: How many threads are to work, those of other calls included; at least 1.
    /// - Throws: ``PrimeIndexError`` with the code ``PrimeIndexError/Code/noThreads``.
    func run(workers: Int) async throws(PrimeIndexError) {
        let (end, continuation) = AsyncStream.makeStream(of: Never.self)
        guard !Task.isCancelled, let call = try self.enter(continuation, workers: workers) else { return }
        // Ends with the last run, and at once if the task is cancelled.
        for await _ in end {}
        self.leave(call)
    }

    /// Notes a call that waits, and starts the threads that are missing.
    ///
    /// - Returns: The call's number; `nil` if there is nothing to wait for.
    private func enter(
        _ continuation: AsyncStream<Never>.Continuation,
        workers: Int
    ) throws(PrimeIndexError) -> Int? {
        try self.withLock { (progress) throws(PrimeIndexError) in
            guard progress.doneRuns < self.runCount else { return nil }
            let threadCount = min(workers, self.runCount - progress.doneRuns - progress.doneAhead.count)
            // Under the lock, so that another call never counts on a thread that then does not start.
            while progress.threadCount < threadCount, Threads.startInBackground({ self.sieveRuns() }) {
                progress.threadCount += 1
            }
            guard progress.threadCount > 0 else {
                throw PrimeIndexError(code: .noThreads, message: "the system starts no thread to fill memory")
            }
            progress.nextCall += 1
            progress.waiting[progress.nextCall] = continuation
            self.isWanted.store(true, ordering: .relaxed)
            return progress.nextCall
        }
    }

    private func leave(_ call: Int) {
        self.withLock { progress in
            progress.waiting[call] = nil
            self.isWanted.store(!progress.waiting.isEmpty, ordering: .relaxed)
        }
    }

    // MARK: - Threads

    /// Sieves one run after another, on a thread of its own.
    private func sieveRuns() {
        var sieve = SegmentSieve()
        while let run = self.takeRun() {
            let first = run * SegmentSieve.blocksPerRun
            let blocks = first..<min(first + SegmentSieve.blocksPerRun, self.blocks.capacity)
            if self.blocks.sieve(blocks, with: &sieve, while: { self.isWanted.load(ordering: .relaxed) }) {
                self.finish(run)
            } else {
                self.withLock { $0.givenBack.append(run) }
            }
        }
    }

    /// Takes a run; `nil` ends the thread, because no run is left or no call waits.
    private func takeRun() -> Int? {
        self.withLock { progress in
            if !progress.waiting.isEmpty {
                if let run = progress.givenBack.popLast() { return run }
                if progress.nextRun < self.runCount {
                    defer { progress.nextRun += 1 }
                    return progress.nextRun
                }
            }
            progress.threadCount -= 1
            return nil
        }
    }

    /// Publishes all blocks before the first gap.
    private func finish(_ run: Int) {
        let ended = self.withLock { progress in
            progress.doneAhead.insert(run)
            while progress.doneAhead.remove(progress.doneRuns) != nil { progress.doneRuns += 1 }
            self.blocks.publish(upTo: min(progress.doneRuns * SegmentSieve.blocksPerRun, self.blocks.capacity))
            return progress.doneRuns == self.runCount ? Array(progress.waiting.values) : []
        }
        for continuation in ended { continuation.finish() }
    }
}
