import Measurement
import NthPrime
import Peers
import Verification

/// Filling an index up to its memory budget; the peer, primesieve, counts the same primes and stores none.
struct FillCase {
    static let line = Report.Case("fill, 2 workers", target: .ratio(atLeast: 0.5))

    private static let workers = 2

    let primesieve: Primesieve?
    let memoryBudget: Int

    /// Fills an index.
    ///
    /// - Returns: The turn, and the filled index for other cases.
    /// - Throws: ``Discrepancy`` if primesieve's count differs from the number of resident primes;
    ///   `PrimeIndexError` if the index cannot be created or filled.
    func turn() async throws -> (turn: Turn, index: PrimeIndex) {
        let begin = ContinuousClock.now
        let index = try PrimeIndex(memoryBudget: self.memoryBudget)
        try await index.fill(workers: Self.workers)
        let ours = Samples(total: ContinuousClock.now - begin, operations: 1)
        guard let primesieve = self.primesieve else { return (Turn(ours: ours), index) }

        // The last block extends past the last prime of the domain.
        let end =
            index.residency.share == 1
            ? index.prime(at: PrimeIndex.lastOrdinal) ?? 0 : UInt64(index.residency.blocks) * IndexBlock.length - 1
        let peerBegin = ContinuousClock.now
        let count = primesieve.count(in: 0...end, threads: Self.workers)
        let peer = Samples(total: ContinuousClock.now - peerBegin, operations: 1)
        try Discrepancy.unlessEqual(Int(index.residency.primes), count, "number of resident primes up to \(end)")
        return (Turn(ours: ours, peer: peer), index)
    }
}
