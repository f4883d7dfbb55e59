/// A source of answers under test.
public protocol PrimeAnswers: Sendable {
    /// Looks up the prime of each M.
    ///
    /// - Parameters:
    ///   - ordinals: The M, from 1.
    ///   - answers: Receives the primes, 0 for none; as long as `ordinals`.
    func answer(_ ordinals: Span<UInt32>, into answers: inout MutableSpan<UInt64>)
}
