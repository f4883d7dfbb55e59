/// What befalls a connection through a ``FaultProxy``.
package struct FaultPlan: Equatable, Sendable {
    /// How the connection ends.
    package enum End: Equatable, Sendable {
        /// By the will of the two at its ends.
        case peers
        /// In order, after so many bytes of answers.
        case cut(afterBytes: Int)
        /// By a reset, after so many bytes of answers.
        case reset(afterBytes: Int)
    }

    /// How the connection ends.
    package var end = End.peers
    /// The answers go on in pieces of at most so many bytes; `nil` for as they came.
    package var sliceBytes: Int?
    /// Each piece comes so many microseconds later than it would, at most.
    package var longestDelay: Int64 = 0

    /// Nothing befalls it.
    package init() {}

    /// Draws what befalls a connection: about every third one ends early, one in eight of these before any answer.
    ///
    /// - Parameters:
    ///   - generator: With the same one, the same befalls.
    ///   - bytes: None ends early after more bytes of answers.
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

/// Random numbers that are the same for the same seed: Steele, Lea and Flood 2014.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    /// Begins anew with a seed.
    package init(seed: UInt64) {
        self.state = seed
    }

    /// The next number.
    package mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
