/// A random number generator that repeats its numbers for the same seed.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a generator.
    ///
    /// - Parameter seed: Selects the sequence.
    public init(seed: UInt64) {
        self.state = seed
    }

    /// Returns the next 64 random bits.
    public mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Draws uniformly distributed M.
    ///
    /// - Parameters:
    ///   - count: How many M to draw.
    ///   - last: The largest possible M; the smallest is 1.
    /// - Returns: The M. With millions of them, no branch predictor can learn the sequence.
    public mutating func ordinals(_ count: Int, upTo last: UInt32) -> [UInt32] {
        var ordinals: [UInt32] = []
        ordinals.reserveCapacity(count)
        for _ in 0..<count { ordinals.append(.random(in: 1...last, using: &self)) }
        return ordinals
    }
}
