/// Sums in ascending order, as they stand in a table.
///
/// Signed numbers, because that is what plain x86-64 compares in one instruction (PCMPGTW). A lane that is below becomes
/// −1, of which one bit is kept; the multiplication adds up four lanes.
private let ones: UInt64 = 0x0001_0001_0001_0001

extension SIMD8<Int16> {
    /// How many lanes are below `value`.
    @inline(__always)
    func count(below value: Int16) -> Int {
        let isBelow = unsafe unsafeBitCast(self .< SIMD8(repeating: value), to: SIMD2<UInt64>.self)
        return Int(truncatingIfNeeded: ((isBelow.x & ones &+ isBelow.y & ones) &* ones) &>> 48)
    }
}

extension SIMD4<Int16> {
    /// How many lanes are below `value`.
    @inline(__always)
    func count(below value: Int16) -> Int {
        let isBelow = unsafe unsafeBitCast(self .< SIMD4(repeating: value), to: UInt64.self)
        return Int(truncatingIfNeeded: (isBelow & ones &* ones) &>> 48)
    }
}
