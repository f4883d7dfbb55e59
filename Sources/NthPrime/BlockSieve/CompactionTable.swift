/// A table of the positions of the set bits, ascending, and their count, for each mask of eight bits.
///
/// To list the set bits of a long bitmap, write eight positions for each mask, and advance by the count. So no branch
/// depends on the bits.
struct CompactionTable: Sendable {
    let positions: [SIMD8<UInt16>]
    let counts: [UInt8]

    init() {
        self.positions = (0..<256).map { mask in
            var positions = SIMD8<UInt16>()
            var count = 0
            for bit in 0..<8 where mask >> bit & 1 == 1 {
                positions[count] = UInt16(bit)
                count += 1
            }
            return positions
        }
        self.counts = (0..<256).map { UInt8($0.nonzeroBitCount) }
    }
}
