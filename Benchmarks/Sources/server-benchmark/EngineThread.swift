import Measurement
import NthPrime

/// The engine on one thread without a server: the least that cold look-ups cost.
struct EngineThread {
    static let name = "engine, 1 thread"

    private let index: PrimeIndex

    /// Creates an index with nothing resident.
    init() throws {
        self.index = try PrimeIndex()
    }

    /// Looks up random M of the whole domain.
    ///
    /// - Parameter seconds: The duration in seconds.
    /// - Returns: The number of look-ups per second.
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
