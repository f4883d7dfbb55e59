import Testing

@testable import NthPrime

@Suite
struct ScratchPoolTests {
    @Test
    func `every scratch that is lent is a different one`() {
        let pool = ScratchPool()
        func taken(_ others: Set<UInt>) -> Int {
            guard others.count < 100 else { return others.count }
            return pool.withScratch { scratch in
                let address = unsafe UInt(bitPattern: scratch.flags)
                return others.contains(address) ? others.count : taken(others.union([address]))
            }
        }
        #expect(taken([]) == 100)
        // The pool has all of them again.
        #expect(taken([]) == 100)
    }

    @Test
    func `a thread gets the scratch with the blocks that it sieved last`() {
        let pool = ScratchPool()
        #expect(!pool.withScratch { $0.recentBlocks.note(5) })
        #expect(pool.withScratch { $0.recentBlocks.note(5) })
        // Block 5 + 16 has the slot of block 5.
        #expect(!pool.withScratch { $0.recentBlocks.note(5 + 16) })
        #expect(!pool.withScratch { $0.recentBlocks.note(5) })
    }
}
