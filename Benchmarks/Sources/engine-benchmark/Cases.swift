import Measurement
import NthPrime
import Peers

/// All cases; each turn runs them one after another.
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
    ///   - memoryBudget: The memory budget of the filled index, in bytes.
    ///   - primecount: The peer for single look-ups, if installed.
    ///   - primesieve: The peer for many primes, if installed.
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

    /// Runs one turn of each case.
    ///
    /// - Parameter report: Receives the turns.
    /// - Returns: The memory in use after the fill.
    /// - Throws: ``Discrepancy`` if a peer or a second way to ask gives another answer.
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
