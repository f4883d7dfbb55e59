/// Eight sums in ascending order, as they stand in a table.
extension SIMD8<Int16> {
    /// How many lanes are below `value`.
    ///
    /// Signed numbers, because that is what plain x86-64 compares in one instruction (PCMPGTW).
    @inline(__always)
    func count(below value: Int16) -> Int {
        // A lane that is below becomes −1, of which one bit is kept; the multiplication adds up four lanes.
        let isBelow = unsafe unsafeBitCast(self .< SIMD8(repeating: value), to: SIMD2<UInt64>.self)
        let ones: UInt64 = 0x0001_0001_0001_0001
        return Int(truncatingIfNeeded: ((isBelow.x & ones &+ isBelow.y & ones) &* ones) &>> 48)
    }
}
