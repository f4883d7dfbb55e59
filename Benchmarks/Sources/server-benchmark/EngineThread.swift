import Measurement
import NthPrime

/// The engine alone, on one thread, without a server around it: what cold look-ups cost at least.
struct EngineThread {
    static let name = "engine, 1 thread"

    private let index: PrimeIndex

    /// Reads the engine's table.
    init() throws {
        self.index = try PrimeIndex()
    }

    /// Looks up random M of the whole domain.
    ///
    /// - Parameter seconds: For how long.
    /// - Returns: Look-ups a second.
    func rate(seconds: Double) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var lookUps = 0
        var random = SplitMix64(seed: 1)
        var elapsed = Duration.zero
        while elapsed < .seconds(seconds) {
            for _ in 0..<1000 {
                precondition(self.index.prime(at: .random(in: 1...UInt32.max, using: &random)) != nil)
            }
            lookUps += 1000
            elapsed = clock.now - start
        }
        return Double(lookUps) / (elapsed / .seconds(1))
    }
}
