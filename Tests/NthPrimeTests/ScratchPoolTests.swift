import Testing

@testable import NthPrime

@Suite
struct ScratchPoolTests {
    @Test
    func `whoever has a scratch has it alone, however many there are`() {
        let pool = ScratchPool()
        func taken(_ others: Set<UInt>) -> Int {
            guard others.count < 100 else { return others.count }
            return pool.withScratch { scratch in
                let address = unsafe UInt(bitPattern: scratch.flags)
                return others.contains(address) ? others.count : taken(others.union([address]))
            }
        }
        #expect(taken([]) == 100)
        // All of them are back.
        #expect(taken([]) == 100)
    }

    @Test
    func `a thread finds the blocks that it sieved last`() {
        let pool = ScratchPool()
        #expect(!pool.withScratch { $0.recentBlocks.note(5) })
        #expect(pool.withScratch { $0.recentBlocks.note(5) })
        // The same place in the list of recent blocks.
        #expect(!pool.withScratch { $0.recentBlocks.note(5 + 16) })
        #expect(!pool.withScratch { $0.recentBlocks.note(5) })
    }
}
