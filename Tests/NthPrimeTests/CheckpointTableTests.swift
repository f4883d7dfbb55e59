import NthPrime
import Testing

@Suite
struct CheckpointTableTests {
    @Test
    func `every first and last prime of a block is found in it`() throws {
        let file = try CheckpointFile.embedded()
        let table = CheckpointTable(counts: file.counts)
        var before = 0
        for (block, count) in file.counts.enumerated() {
            // The last block goes on beyond the last M.
            let last = min(before + Int(count), Int(PrimeIndex.lastOrdinal))
            let first = CheckpointTable.Location(block: block, rank: 1, count: last - before)
            if table.locate(UInt32(before + 1)) != first { Issue.record("first prime of block \(block)") }
            let expected = CheckpointTable.Location(block: block, rank: last - before, count: last - before)
            if table.locate(UInt32(last)) != expected { Issue.record("last prime of block \(block)") }
            if Int(table.primes(before: block)) != before { Issue.record("primes before block \(block)") }
            before = last
        }
        #expect(table.primes(before: Block.count) == PrimeIndex.lastOrdinal)
    }
}
