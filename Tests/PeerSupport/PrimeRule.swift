internal import Glibc

/// What is known of the M-th prime without any table: enough to see that answers are not mixed up.
package enum PrimeRule {
    private static let first: [UInt64] = [0, 2, 3, 5, 7, 11]

    /// Whether a number can be the M-th prime: within the known bounds, and without a small divisor.
    ///
    /// From the 6th prime on, M (ln M + ln ln M − 1) < p < M (ln M + ln ln M): Rosser 1941, Dusart 1999.
    package static func allows(_ answer: UInt64, for ordinal: UInt32) -> Bool {
        if ordinal < 6 { return answer == self.first[Int(ordinal)] }
        let ordinal = Double(ordinal)
        let upper = ordinal * (log(ordinal) + log(log(ordinal)))
        let value = Double(answer)
        return value < upper && value > upper - ordinal
            && [2, 3, 5, 7, 11, 13].allSatisfy { answer == $0 || !answer.isMultiple(of: $0) }
    }

    /// The primes from the first on, by the sieve of Eratosthenes.
    ///
    /// - Parameter count: How many, 6 at least.
    /// - Returns: The primes, in order.
    package static func primes(_ count: Int) -> [UInt64] {
        let limit = Int(Double(count) * (log(Double(count)) + log(log(Double(count))))) + 1
        var isPrime = [Bool](repeating: true, count: limit + 1)
        var primes: [UInt64] = []
        for number in 2...limit where isPrime[number] {
            primes.append(UInt64(number))
            for multiple in stride(from: number * number, through: limit, by: number) { isPrime[multiple] = false }
        }
        return Array(primes.prefix(count))
    }
}
