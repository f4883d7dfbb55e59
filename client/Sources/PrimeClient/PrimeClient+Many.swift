internal import AsyncAlgorithms

extension PrimeClient {
    /// Asks for many primes, with thousands of questions in flight.
    ///
    /// ```swift
    /// for try await prime in client.primes(at: 1...1_000_000) { … }
    /// ```
    ///
    /// - Parameter ordinals: The M, each from 1 to 4,294,967,295. The client reads at most 8,192 of them ahead.
    /// - Returns: The primes in the order of `ordinals`. In the place of the first question without an answer the sequence
    ///   throws ``PrimeClientError``, and ends.
    /// - Complexity: O(1) memory: 8,192 questions, whatever the length of the sequence.
    public func primes<Ordinals: Sequence<UInt32>>(at ordinals: Ordinals) -> Primes<Ordinals> {
        Primes(client: self, ordinals: ordinals)
    }

    /// Asks for many primes, each as soon as its M arrives.
    ///
    /// - Parameter ordinals: The M, each from 1 to 4,294,967,295. The client reads at most 1,024 of them ahead.
    /// - Returns: The primes in the order of `ordinals`. The sequence throws what `ordinals` throws, and
    ///   ``PrimeClientError`` in the place of the first question without an answer. If the iteration stops early, the
    ///   questions asked ahead are still answered, and the answers dropped.
    /// - Complexity: O(1) memory: 1,024 questions, whatever the length of the sequence.
    public func primes<Ordinals: AsyncSequence & Sendable>(
        at ordinals: Ordinals
    ) -> some AsyncSequence<UInt64, any Error> where Ordinals.Element == UInt32 {
        ordinals
            .map { (ordinal: $0, ticket: self.ask([$0])) }
            .buffer(policy: .bounded(1024))
            .map { try await $0.ticket.waitOrCancel().prime(at: 0, asked: $0.ordinal) }
    }
}
