import NthPrime
import Testing

@Suite
struct CheckpointTableTests {
    @Test
    func `every first and last prime of a block is found in it`() throws {
        let file = try CheckpointFile.embedded()
        let table = CheckpointTable(counts: file.counts, numbersPerBlock: file.numbersPerBlock)
        var before = 0
        for (block, count) in file.counts.enumerated() {
            let first = CheckpointTable.Location(block: block, rank: 1, count: Int(count))
            if table.locate(UInt32(before + 1)) != first { Issue.record("first prime of block \(block)") }
            let last = min(before + Int(count), Int(PrimeIndex.lastOrdinal))
            let expected = CheckpointTable.Location(block: block, rank: last - before, count: Int(count))
            if table.locate(UInt32(last)) != expected { Issue.record("last prime of block \(block)") }
            before += Int(count)
        }
    }
}
