import Foundation
public import NthPrime

/// The answers of an index with all asked primes resident, looked up in batches.
public struct ResidentAnswers: PrimeAnswers {
    private let index: PrimeIndex

    /// Fills an index.
    ///
    /// - Parameters:
    ///   - last: The largest M that will be asked.
    ///   - workers: The number of threads that fill the index.
    /// - Throws: `PrimeIndexError` if the index cannot be created or filled.
    public init(upTo last: UInt32, workers: Int) async throws(PrimeIndexError) {
        self.index = try PrimeIndex(memoryBudget: Self.memoryNeeded(upTo: last))
        try await self.index.fill(workers: workers)
        precondition(self.index.residentPrime(at: last) != nil, "M = \(last) is not resident after the fill")
    }

    /// Returns a memory budget that holds all primes up to the M-th.
    ///
    /// 8 bits cover 30 numbers; a tenth is added for the directories. From n = 6 on, the n-th prime is below
    /// n (ln n + ln ln n): Rosser, "The n-th prime is greater than n log n" (1939).
    ///
    /// - Parameter last: M.
    /// - Returns: The budget in bytes.
    public static func memoryNeeded(upTo last: UInt32) -> Int {
        let n = Double(max(last, 6))
        let largestPrime = n * (log(n) + log(log(n)))
        return Int(largestPrime / 30 * 1.1) + 1 << 20
    }

    /// Looks up all M in one call.
    public func answer(_ ordinals: Span<UInt32>, into answers: inout MutableSpan<UInt64>) {
        self.index.primes(at: ordinals, into: &answers)
    }
}
