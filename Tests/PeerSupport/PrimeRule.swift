internal import Glibc

/// Rules that tell apart right and mixed-up answers without a table of primes.
package enum PrimeRule {
    private static let first: [UInt64] = [0, 2, 3, 5, 7, 11]

    /// Returns whether a number can be the M-th prime: it lies within the known bounds and has no small divisor.
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

    /// Returns the first primes, found by the sieve of Eratosthenes.
    ///
    /// - Parameter count: How many primes, at least 6.
    /// - Returns: The primes, ascending.
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
