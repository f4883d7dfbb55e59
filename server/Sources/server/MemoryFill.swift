import Logging
import NthPrime
import ServiceLifecycle

/// A service that fills the index's memory, from when the server listens until graceful shutdown.
///
/// It does not wait for the server to end: its threads run at low priority, and the process cannot end before they do.
struct MemoryFill: Service {
    let index: PrimeIndex
    let threadCount: Int
    /// A sequence that ends when the server listens.
    let listening: AsyncStream<Never>
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in self.listening {}
            do {
                try await self.index.fill(workers: self.threadCount)
            } catch {
                self.logger.warning("cannot fill memory", metadata: ["error": "\(error)"])
            }
        }
    }
}
