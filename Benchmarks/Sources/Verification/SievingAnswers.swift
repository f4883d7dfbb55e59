public import NthPrime

/// Answers of an index that keeps nothing resident: each is one look-up that sieves.
public struct SievingAnswers: PrimeAnswers {
    private let index: PrimeIndex

    /// Makes an index that keeps nothing resident.
    ///
    /// - Throws: `PrimeIndexError` if its embedded table is damaged.
    public init() throws(PrimeIndexError) {
        self.index = try PrimeIndex()
    }

    /// Looks up place after place.
    public func answer(_ ordinals: Span<UInt32>, into answers: inout MutableSpan<UInt64>) {
        for position in ordinals.indices {
            answers[position] = self.index.prime(at: ordinals[position]) ?? 0
        }
    }
}
