/// The faults of one connection through a ``FaultProxy``.
package struct FaultPlan: Equatable, Sendable {
    /// How a connection ends.
    package enum End: Equatable, Sendable {
        /// When the client or the server closes it.
        case peers
        /// By a close of the proxy, after this many bytes of answers.
        case cut(afterBytes: Int)
        /// By a reset of the proxy, after this many bytes of answers.
        case reset(afterBytes: Int)
    }

    /// How the connection ends.
    package var end = End.peers
    /// The largest piece in which answers are passed on, in bytes; `nil` to pass them on as they come.
    package var sliceBytes: Int?
    /// The longest delay of a piece, in microseconds.
    package var longestDelay: Int64 = 0

    /// Plans a connection without faults.
    package init() {}

    /// Draws the faults of a connection: about every third one ends early, and one in eight of these before any answer.
    ///
    /// - Parameters:
    ///   - generator: The same generator draws the same faults.
    ///   - bytes: An early end comes at most after this many bytes of answers.
    package init(using generator: inout some RandomNumberGenerator, within bytes: Int) {
        let length = Int.random(in: 0..<8, using: &generator) == 0 ? 0 : Int.random(in: 0...bytes, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: self.end = .cut(afterBytes: length)
        case 1: self.end = .reset(afterBytes: length)
        default: self.end = .peers
        }
        if Bool.random(using: &generator) { self.sliceBytes = Int.random(in: 1...1000, using: &generator) }
        if Bool.random(using: &generator) { self.longestDelay = Int64.random(in: 0...2000, using: &generator) }
    }
}

/// A random number generator that repeats its numbers for the same seed.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    /// Creates a generator from a seed.
    package init(seed: UInt64) {
        self.state = seed
    }

    /// Returns the next 64 random bits.
    package mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
