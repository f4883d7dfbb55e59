import Measurement
import NthPrime
import Peers

/// Filling the memory, from nothing to the last block; primesieve counts the same numbers and keeps none.
struct FillCase {
    static let line = Report.Case("fill, 2 workers", target: .ratio(atLeast: 0.5))

    /// The length of the index's blocks on the number line; see `NthPrime`.
    private static let numbersPerBlock = 30_720
    /// The prime of the largest M.
    private static let lastPrime = 104_484_802_043
    private static let workers = 2

    let primesieve: Primesieve?
    let memoryBudget: Int

    /// Fills an index.
    ///
    /// - Returns: The turn, and the index for look-ups that need it filled.
    /// - Throws: ``WrongAnswer`` if primesieve counts other primes than the index holds; `PrimeIndexError` if the index
    ///   cannot be made or filled.
    func turn() async throws -> (turn: Turn, index: PrimeIndex) {
        let begin = ContinuousClock.now
        let index = try PrimeIndex(memoryBudget: self.memoryBudget)
        try await index.fill(workers: Self.workers)
        let ours = Samples(total: ContinuousClock.now - begin, operations: 1)
        guard let primesieve = self.primesieve else { return (Turn(ours: ours), index) }

        let end = index.residency.share == 1 ? Self.lastPrime : index.residency.blocks * Self.numbersPerBlock - 1
        let peerBegin = ContinuousClock.now
        let count = primesieve.count(in: 0...UInt64(end), threads: Self.workers)
        let peer = Samples(total: ContinuousClock.now - peerBegin, operations: 1)
        try WrongAnswer.unlessEqual(Int(index.residency.primes), count, "how many primes up to \(end) are resident")
        return (Turn(ours: ours, peer: peer), index)
    }
}
