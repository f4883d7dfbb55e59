internal import Dispatch
public import Peers
internal import Synchronization

/// Checks every answer of a range, on several threads.
public struct Verification: Sendable {
    /// What a check found.
    public enum Verdict: Sendable, Equatable {
        case allRight(ChunkComparison.Tally)
        case wrong(Mismatch)
    }

    private let ordinals: ClosedRange<UInt32>
    private let primesieve: Primesieve
    private let threads: Int

    /// Names what to check.
    ///
    /// - Parameters:
    ///   - ordinals: The places of the first and last prime.
    ///   - primesieve: The source of the right answers.
    ///   - threads: How many threads check.
    public init(ordinals: ClosedRange<UInt32>, primesieve: Primesieve, threads: Int) {
        self.ordinals = ordinals
        self.primesieve = primesieve
        self.threads = threads
    }

    /// Checks answers.
    ///
    /// - Parameters:
    ///   - answers: What is checked.
    ///   - progress: Is told after each chunk how many primes it had; called by all threads.
    /// - Returns: The lowest wrong answer, or how much was right.
    public func run(_ answers: any PrimeAnswers, progress: @Sendable (Int) -> Void) -> Verdict {
        let comparison = ChunkComparison(of: answers)
        // The next chunk is sieved under the lock, so that chunks are handed out in order; libprimesieve takes a small
        // part of the time that comparing does, so threads seldom wait for each other.
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

/// What all threads have found so far.
private struct Outcome {
    private(set) var mismatch: Mismatch?
    private var tally = ChunkComparison.Tally()

    mutating func add(_ tally: ChunkComparison.Tally) {
        self.tally.blocks += tally.blocks
        self.tally.primes += tally.primes
    }

    /// Keeps the lowest: the thread with the earlier chunk may be the later to find something.
    mutating func add(_ mismatch: Mismatch) {
        if let known = self.mismatch, known.ordinal < mismatch.ordinal { return }
        self.mismatch = mismatch
    }

    var verdict: Verification.Verdict {
        self.mismatch.map { .wrong($0) } ?? .allRight(self.tally)
    }
}
