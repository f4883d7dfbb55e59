internal import NthPrime

/// The right answers of a prime server.
///
/// The answers for small M come from a plain sieve, which shares no code with the engine. All others come from the engine
/// itself, so for these only the path between the engine and the client is checked. The engine has tests of its own.
public struct ReferenceAnswers: Sendable {
    /// The plain sieve finds the primes below this: 1,077,871 primes in about 0.1 s.
    private static let sieveLimit = 1 << 24

    private let firstPrimes: [UInt32]
    private let index: PrimeIndex

    /// Sieves the first million primes, and sets up the engine.
    ///
    /// - Throws: `PrimeIndexError` if the engine's embedded table is damaged.
    public init() throws {
        self.firstPrimes = Self.primes(below: Self.sieveLimit)
        self.index = try PrimeIndex()
    }

    /// Returns the answer to one request.
    ///
    /// - Parameter ordinal: Any M.
    /// - Returns: The M-th prime, or 0 for M = 0.
    public func answer(to ordinal: UInt32) -> UInt64 {
        guard ordinal > 0 else { return 0 }
        return Int(ordinal) <= self.firstPrimes.count
            ? UInt64(self.firstPrimes[Int(ordinal) - 1])
            : self.index.prime(at: ordinal) ?? 0
    }

    private static func primes(below limit: Int) -> [UInt32] {
        var isComposite = [Bool](repeating: false, count: limit)
        var primes: [UInt32] = []
        for candidate in 2..<limit where !isComposite[candidate] {
            primes.append(UInt32(candidate))
            for multiple in stride(from: candidate * candidate, to: limit, by: candidate) {
                isComposite[multiple] = true
            }
        }
        return primes
    }
}
