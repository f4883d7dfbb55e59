/// The answers to several questions, and the failures of those without one.
package struct BatchAnswers: Sendable {
    /// The primes in the order of the questions; 0 where there is none.
    package let primes: [UInt64]
    /// The time from sending each question to its answer, in microseconds.
    package let microseconds: [UInt32]
    /// The questions without an answer, in ascending order, and why.
    package let failures: [(places: Range<Int>, error: PrimeClientError)]

    init(
        primes: [UInt64],
        microseconds: [UInt32],
        failures: [(places: Range<Int>, error: PrimeClientError)] = []
    ) {
        self.primes = primes
        self.microseconds = microseconds
        self.failures = failures
    }

    /// Returns the prime at a place.
    ///
    /// - Throws: ``PrimeClientError`` if there is none.
    func prime(at place: Int, asked ordinal: UInt32) throws(PrimeClientError) -> UInt64 {
        if let failure = self.failures.first(where: { $0.places.contains(place) }) { throw failure.error }
        guard self.primes[place] != 0 else { throw .noSuchPrime(for: ordinal) }
        return self.primes[place]
    }
}
