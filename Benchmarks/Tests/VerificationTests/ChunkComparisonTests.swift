import Testing
import Verification

@Suite
struct ChunkComparisonTests {
    /// The primes up to 19.
    let primes: [UInt64] = [2, 3, 5, 7, 11, 13, 17, 19]

    /// The primes for M from 3 to 7.
    let chunk = PrimeChunk(firstOrdinal: 3, primes: [5, 7, 11, 13, 17])

    @Test
    func `right answers are counted`() throws {
        let tally = try ChunkComparison(of: PlantedAnswers(primes: self.primes)).tally(of: self.chunk)
        #expect(tally == ChunkComparison.Tally(blocks: 1, primes: 5))
    }

    @Test
    func `each block is counted once`() throws {
        // The second block begins at 30,720.
        let primes: [UInt64] = [30_703, 30_707, 30_713, 30_727, 30_757]
        let comparison = ChunkComparison(of: PlantedAnswers(primes: primes))
        let tally = try comparison.tally(of: PrimeChunk(firstOrdinal: 1, primes: primes))
        #expect(tally == ChunkComparison.Tally(blocks: 2, primes: 5))
    }

    @Test(arguments: [3, 5, 7] as [UInt32])
    func `a wrong answer is reported at any position`(ordinal: UInt32) throws {
        let comparison = ChunkComparison(of: PlantedAnswers(primes: self.primes, planted: [ordinal: 4]))
        let expected = self.primes[Int(ordinal) - 1]
        #expect(throws: Mismatch(ordinal: ordinal, seen: 4, expected: expected)) {
            try comparison.tally(of: self.chunk)
        }
    }

    @Test
    func `the first of several wrong answers is reported`() {
        let comparison = ChunkComparison(of: PlantedAnswers(primes: self.primes, planted: [6: 1, 4: 9]))
        #expect(throws: Mismatch(ordinal: 4, seen: 9, expected: 7)) { try comparison.tally(of: self.chunk) }
    }

    @Test
    func `if all answers are off by one place, the first is reported`() {
        let comparison = ChunkComparison(of: PlantedAnswers(primes: Array(self.primes.dropFirst())))
        #expect(throws: Mismatch(ordinal: 3, seen: 7, expected: 5)) { try comparison.tally(of: self.chunk) }
    }
}
