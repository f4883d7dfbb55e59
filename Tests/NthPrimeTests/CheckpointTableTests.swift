import Testing

@testable import NthPrime

@Suite
struct CheckpointTableTests {
    @Test
    func `the first and the last prime of every block are located in it`() throws {
        let table = try CheckpointTable.embedded()
        var before = 0
        for block in 0..<Block.count {
            let last = before + table.primes(of: block).count
            let first = CheckpointTable.Location(block: block, rank: 1, count: last - before)
            if table.locate(UInt32(before + 1)) != first { Issue.record("first prime of block \(block)") }
            let expected = CheckpointTable.Location(block: block, rank: last - before, count: last - before)
            if table.locate(UInt32(last)) != expected { Issue.record("last prime of block \(block)") }
            if Int(table.primes(before: block)) != before { Issue.record("primes before block \(block)") }
            before = last
        }
        #expect(table.primes(before: Block.count) == PrimeIndex.lastOrdinal)
    }

    /// A look-up walks from the estimate to the right block.
    @Test
    func `the estimate is usually the right block, and otherwise a neighbour`() throws {
        let table = try CheckpointTable.embedded()
        let steps = stride(from: 1, through: PrimeIndex.lastOrdinal, by: 1009).map { ordinal in
            abs(table.estimate(ordinal).block - table.locate(ordinal).block)
        }
        let rightOnes = steps.count { $0 == 0 }
        #expect(rightOnes > steps.count * 95 / 100)
        #expect(steps.max() == 1)
    }
}

extension CheckpointTable {
    /// Finds the block that holds the M-th prime.
    fileprivate func locate(_ ordinal: UInt32) -> Location {
        self.locate(ordinal, near: self.estimate(ordinal))
    }
}
