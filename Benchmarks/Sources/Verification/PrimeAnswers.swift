/// Answers that can be checked.
public protocol PrimeAnswers: Sendable {
    /// Answers one question for each place.
    ///
    /// - Parameters:
    ///   - ordinals: The places of the primes, from 1.
    ///   - answers: Takes the primes; as long as `ordinals`. 0 says that there is none.
    func answer(_ ordinals: Span<UInt32>, into answers: inout MutableSpan<UInt64>)
}
