public import NthPrime

/// The answers of an index with nothing resident: each look-up sieves.
public struct SievingAnswers: PrimeAnswers {
    private let index: PrimeIndex

    /// Creates the index.
    ///
    /// - Throws: `PrimeIndexError` if the embedded table is damaged.
    public init() throws(PrimeIndexError) {
        self.index = try PrimeIndex()
    }

    /// Looks up one M after another.
    public func answer(_ ordinals: Span<UInt32>, into answers: inout MutableSpan<UInt64>) {
        for position in ordinals.indices {
            answers[position] = self.index.prime(at: ordinals[position]) ?? 0
        }
    }
}
