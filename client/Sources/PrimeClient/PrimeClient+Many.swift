internal import AsyncAlgorithms

extension PrimeClient {
    /// Asks for many primes, thousands under way at once.
    ///
    /// ```swift
    /// for try await prime in client.primes(at: 1...1_000_000) { … }
    /// ```
    ///
    /// - Parameter ordinals: Each M, from 1 to 4,294,967,295; taken from as far ahead as is needed, and no further.
    /// - Returns: The primes in the order of `ordinals`. It throws ``PrimeClientError`` in the place of the first prime
    ///   that is not to be had, and then ends.
    /// - Complexity: Memory for 8,192 questions, however many there are.
    public func primes<Ordinals: Sequence<UInt32>>(at ordinals: Ordinals) -> Primes<Ordinals> {
        Primes(client: self, ordinals: ordinals)
    }

    /// Asks for many primes as their M come, and waits with none for the next M.
    ///
    /// - Parameter ordinals: Each M, from 1 to 4,294,967,295; read from ahead of the answers, and no further than the
    ///   memory allows.
    /// - Returns: The primes in the order of `ordinals`. It throws what `ordinals` throws, and ``PrimeClientError`` in the
    ///   place of the first prime that is not to be had. What was asked ahead when nobody iterates any more is still
    ///   answered, and the answer dropped.
    /// - Complexity: Memory for 1,024 questions, however many there are.
    public func primes<Ordinals: AsyncSequence & Sendable>(
        at ordinals: Ordinals
    ) -> some AsyncSequence<UInt64, any Error> where Ordinals.Element == UInt32 {
        ordinals
            .map { (ordinal: $0, ticket: self.ask([$0])) }
            .buffer(policy: .bounded(1024))
            .map { try await $0.ticket.waitOrCancel().prime(at: 0, asked: $0.ordinal) }
    }
}
