internal import NthPrime

/// Knows the right answers of a prime server.
///
/// Small M are known from a plain sieve, which shares nothing with the engine under test; the rest from the engine, so there
/// the check is of what lies between the engine and the wire's other end. The engine's own tests compare it with others.
public struct ReferenceAnswers: Sendable {
    /// The primes below this come from the plain sieve: 1,077,871 of them, in about 0.1 s.
    private static let sieveLimit = 1 << 24

    private let firstPrimes: [UInt32]
    private let index: PrimeIndex

    /// Sieves the first million primes, and decodes the engine's table.
    ///
    /// - Throws: `PrimeIndexError` if the engine's table is damaged.
    public init() throws {
        self.firstPrimes = Self.primes(below: Self.sieveLimit)
        self.index = try PrimeIndex()
    }

    /// Knows the answer to one request.
    ///
    /// - Parameter ordinal: M, any.
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
