import Testing

/// Bounds on what is measured, on a machine that may have other work.
///
/// That work only ever adds, and hits one round and not the next. So the best round is the server's own, and a fault of the
/// server is in every one.
enum Rounds {
    /// Measures until a bound holds.
    ///
    /// - Parameters:
    ///   - limit: So many rounds at most.
    ///   - sourceLocation: Where it is expected to hold.
    ///   - round: Measures, and says whether the bound holds, and the figures.
    /// - Throws: What `round` throws.
    static func expect(
        atMost limit: Int = 8,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ round: () async throws -> (holds: Bool, figures: String)
    ) async throws {
        for number in 1...limit {
            let (holds, figures) = try await round()
            print("\(Test.current?.name ?? ""), round \(number): \(figures)")
            if holds { return }
            if number == limit { Issue.record("\(figures)", sourceLocation: sourceLocation) }
        }
    }

    /// Measures a time until it is below its bound.
    ///
    /// - Parameters:
    ///   - bound: The bound.
    ///   - sourceLocation: Where it is expected to hold.
    ///   - round: Measures.
    /// - Throws: What `round` throws.
    static func expect(
        below bound: Duration,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ round: () async throws -> Duration
    ) async throws {
        try await self.expect(sourceLocation: sourceLocation) {
            let time = try await round()
            return (time < bound, "\(time)")
        }
    }
}
