/// Fills ``ResidentBlocks`` from the low end, on threads that give way to all others, until it is let go.
final class BackgroundFill: Sendable {
    private let work: FillWork
    /// Ends with this object: to let go of a thread is to wait for its end, 20 ms, or 50 at first.
    private let threads: [BackgroundThread]

    /// Starts the workers.
    init(_ blocks: ResidentBlocks, workerCount: Int) {
        let work = FillWork(blocks)
        self.work = work
        self.threads = (0..<workerCount).compactMap { _ in BackgroundThread { work.run() } }
    }

    deinit {
        self.work.stop()
    }

    /// Waits until all blocks are there, or the task is cancelled.
    func waitUntilDone() async {
        await self.work.waitUntilDone()
    }
}
