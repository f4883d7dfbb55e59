internal import Dispatch
public import Peers
internal import Synchronization

/// A check of every answer of a range of M, on several threads.
public struct Verification: Sendable {
    /// The result of a check.
    public enum Verdict: Sendable, Equatable {
        case allRight(ChunkComparison.Tally)
        case wrong(Mismatch)
    }

    private let ordinals: ClosedRange<UInt32>
    private let primesieve: Primesieve
    private let threads: Int

    /// Prepares a check.
    ///
    /// - Parameters:
    ///   - ordinals: The range of M.
    ///   - primesieve: The source of the right answers.
    ///   - threads: The number of threads.
    public init(ordinals: ClosedRange<UInt32>, primesieve: Primesieve, threads: Int) {
        self.ordinals = ordinals
        self.primesieve = primesieve
        self.threads = threads
    }

    /// Checks answers.
    ///
    /// - Parameters:
    ///   - answers: The answers under test.
    ///   - progress: Receives the number of primes of each finished chunk; all threads call it.
    /// - Returns: The wrong answer with the lowest M, or the amount of right answers.
    public func run(_ answers: any PrimeAnswers, progress: @Sendable (Int) -> Void) -> Verdict {
        let comparison = ChunkComparison(of: answers)
        // The next chunk is sieved under the lock, so that chunks are handed out in order. Sieving takes a small part of
        // the time of comparing, so threads seldom wait for each other.
        let source = Mutex(
            PrimeChunks(ordinals: self.ordinals, primesieve: self.primesieve, threads: self.threads)
        )
        let outcome = Mutex(Outcome())
        DispatchQueue.concurrentPerform(iterations: self.threads) { _ in
            while outcome.withLock({ $0.mismatch == nil }), let chunk = source.withLock({ $0.next() }) {
                do throws(Mismatch) {
                    let tally = try comparison.tally(of: chunk)
                    outcome.withLock { $0.add(tally) }
                    progress(tally.primes)
                } catch {
                    outcome.withLock { $0.add(error) }
                }
            }
        }
        return outcome.withLock { $0.verdict }
    }
}

/// The combined result of all threads so far.
private struct Outcome {
    private(set) var mismatch: Mismatch?
    private var tally = ChunkComparison.Tally()

    mutating func add(_ tally: ChunkComparison.Tally) {
        self.tally.blocks += tally.blocks
        self.tally.primes += tally.primes
    }

    /// Keeps the mismatch with the lowest M, because the thread with the lower chunk may report later.
    mutating func add(_ mismatch: Mismatch) {
        if let known = self.mismatch, known.ordinal < mismatch.ordinal { return }
        self.mismatch = mismatch
    }

    var verdict: Verification.Verdict {
        self.mismatch.map { .wrong($0) } ?? .allRight(self.tally)
    }
}
