import Foundation
public import NthPrime

/// Answers of an index that keeps resident what is asked for: many to a call.
public struct ResidentAnswers: PrimeAnswers {
    private let index: PrimeIndex

    /// Fills an index.
    ///
    /// - Parameters:
    ///   - last: The place of the last prime that will be asked for.
    ///   - workers: How many threads fill it.
    /// - Throws: `PrimeIndexError` if the index cannot be made or filled.
    public init(upTo last: UInt32, workers: Int) async throws(PrimeIndexError) {
        self.index = try PrimeIndex(memoryBudget: Self.memoryNeeded(upTo: last))
        try await self.index.fill(workers: workers)
        precondition(self.index.residentPrime(at: last) != nil, "M = \(last) is not resident after all was filled")
    }

    /// Tells how much memory surely holds all primes up to a place.
    ///
    /// 8 bits cover 30 numbers, and a tenth is added for what finds the bits. The n-th prime lies below
    /// n (ln n + ln ln n) from n = 6 on: Rosser, "The n-th prime is greater than n log n" (1939).
    ///
    /// - Parameter last: The place.
    /// - Returns: The memory, in bytes.
    public static func memoryNeeded(upTo last: UInt32) -> Int {
        let n = Double(max(last, 6))
        let largestPrime = n * (log(n) + log(log(n)))
        return Int(largestPrime / 30 * 1.1) + 1 << 20
    }

    /// Looks up all places at once.
    public func answer(_ ordinals: Span<UInt32>, into answers: inout MutableSpan<UInt64>) {
        self.index.primes(at: ordinals, into: &answers)
    }
}
