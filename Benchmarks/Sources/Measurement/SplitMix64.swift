/// Random numbers that are the same in every run.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins a sequence.
    ///
    /// - Parameter seed: Which of all sequences.
    public init(seed: UInt64) {
        self.state = seed
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Draws numbers of primes, all equally likely.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - last: The largest that may come; the smallest is 1.
    /// - Returns: The numbers. When there are millions, no branch predictor remembers them.
    public mutating func ordinals(_ count: Int, upTo last: UInt32) -> [UInt32] {
        var ordinals: [UInt32] = []
        ordinals.reserveCapacity(count)
        for _ in 0..<count { ordinals.append(.random(in: 1...last, using: &self)) }
        return ordinals
    }
}
