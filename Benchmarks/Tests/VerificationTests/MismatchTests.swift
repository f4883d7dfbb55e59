import Testing
import Verification

@Suite
struct MismatchTests {
    @Test
    func `a mismatch shows M, the block and both values`() {
        let mismatch = Mismatch(ordinal: 1_000_000, seen: 15_485_867, expected: 15_485_863)
        #expect(mismatch.description == "M = 1000000 (block 504): seen 15485867, expected 15485863")
    }

    @Test
    func `a missing answer is shown as none`() {
        #expect(Mismatch(ordinal: 1, seen: 0, expected: 2).description == "M = 1 (block 0): seen none, expected 2")
    }
}
