import Measurement
import NthPrime
import Peers

/// All cases, one after another in each turn.
struct Cases {
    private let start: StartCase
    private var cold: ColdCase
    private var coldThreads: ColdThreadsCase
    private var neighbours: NeighboursCase
    private let fill: FillCase
    private var resident: ResidentCase

    /// Prepares the cases.
    ///
    /// - Parameters:
    ///   - effort: How much is measured.
    ///   - memoryBudget: How much memory the filled index may take, in bytes.
    ///   - primecount: The peer for single look-ups, if it is installed.
    ///   - primesieve: The peer for many primes, if it is installed.
    /// - Throws: `PrimeIndexError` if the embedded table is damaged.
    init(
        effort: Effort,
        memoryBudget: Int,
        primecount: Primecount?,
        primesieve: Primesieve?
    ) throws(PrimeIndexError) {
        let index = try PrimeIndex()
        self.start = StartCase(starts: effort.starts)
        self.cold = ColdCase(index: index, primecount: primecount, effort: effort)
        self.coldThreads = ColdThreadsCase(index: index, lookUps: effort.coldLookUps)
        self.neighbours = NeighboursCase(index: index, primesieve: primesieve, runs: effort.runs)
        self.fill = FillCase(primesieve: primesieve, memoryBudget: memoryBudget)
        self.resident = ResidentCase(coldIndex: index, batches: effort.residentBatches)
    }

    /// Lets each case take a turn.
    ///
    /// - Parameter report: Gets the turns.
    /// - Returns: How much lay in memory when the index was filled.
    /// - Throws: ``Discrepancy`` if an answer is not confirmed.
    mutating func takeTurn(into report: inout Report) async throws -> MemoryReading {
        report.add(try self.start.turn(), to: StartCase.line)
        report.add(try self.cold.turn(), to: ColdCase.line)
        report.add(try self.coldThreads.turn(), to: ColdThreadsCase.line)
        report.add(try self.neighbours.turn(), to: NeighboursCase.line)
        let filled = try await self.fill.turn()
        report.add(filled.turn, to: FillCase.line)
        let lookUps = try self.resident.turn(filled.index)
        report.add(lookUps.single, to: ResidentCase.single)
        report.add(lookUps.batch, to: ResidentCase.batch)
        return MemoryReading(residency: filled.index.residency)
    }
}
