internal import Synchronization

/// What the workers of a ``BackgroundFill`` do, and what they share.
final class FillWork: Sendable {
    /// A worker takes so many blocks at a time: 4 MB of bitmap, some 20 ms.
    ///
    /// It stops between two such runs.
    private static let blocksPerRun = 4096

    /// In milliseconds, for who makes an index has most often just started, and has other things to do first.
    ///
    /// A server took 20 ms to its first answer beside two workers that began at once, and takes 12 so.
    private static let delay: UInt32 = 50

    /// What the workers agree on, under a lock; look-ups do not come near it.
    private struct Progress {
        /// Runs from the low end of which all are done.
        var doneRuns = 0
        /// Runs that are done although one before them is not.
        var doneAhead: Set<Int> = []
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let blocks: ResidentBlocks
    private let runCount: Int
    private let nextRun = Atomic(0)
    private let nextWaiting = Atomic(0)
    private let isStopped = Atomic(false)
    private let progress = Mutex(Progress())

    /// Prepares to sieve all blocks that there is room for.
    init(_ blocks: ResidentBlocks) {
        self.blocks = blocks
        self.runCount = (blocks.capacity + Self.blocksPerRun - 1) / Self.blocksPerRun
    }

    /// Sieves one run after another, in a while, until none is left, or it is told to stop: what each worker does.
    func run() {
        Threads.pause(milliseconds: Self.delay)
        var sieve = SegmentSieve(SegmentPrimes.forDomain)
        while !self.isStopped.load(ordering: .relaxed) {
            let run = self.nextRun.add(1, ordering: .relaxed).oldValue
            guard run < self.runCount else { return }
            let first = run * Self.blocksPerRun
            self.blocks.sieve(first..<min(first + Self.blocksPerRun, self.blocks.capacity), with: &sieve)
            self.finish(run)
        }
    }

    /// Makes the workers return soon.
    func stop() {
        self.isStopped.store(true, ordering: .relaxed)
    }

    /// Publishes as far as there is no gap.
    private func finish(_ run: Int) {
        let done = self.progress.withLock { progress in
            progress.doneAhead.insert(run)
            while progress.doneAhead.remove(progress.doneRuns) != nil { progress.doneRuns += 1 }
            self.blocks.publish(upTo: min(progress.doneRuns * Self.blocksPerRun, self.blocks.capacity))
            guard progress.doneRuns == self.runCount else { return [] as [CheckedContinuation<Void, Never>] }
            defer { progress.waiting = [:] }
            return Array(progress.waiting.values)
        }
        for waiting in done { waiting.resume() }
    }

    /// Waits until all blocks are there, or the task is cancelled.
    func waitUntilDone() async {
        let number = self.nextWaiting.add(1, ordering: .relaxed).oldValue
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = self.progress.withLock { progress in
                    guard progress.doneRuns < self.runCount, !Task.isCancelled else { return false }
                    progress.waiting[number] = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            self.progress.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }
}
