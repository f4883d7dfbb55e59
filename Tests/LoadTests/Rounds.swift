import Testing

/// Bounds for measurements on a machine that may have other work.
///
/// Other work only adds time, and not to every round. So the best round shows the server itself, and a fault of the server
/// shows in every round.
enum Rounds {
    /// Repeats a measurement until a bound holds.
    ///
    /// - Parameters:
    ///   - limit: The most rounds.
    ///   - sourceLocation: The place to report if the bound never holds.
    ///   - round: Measures, and returns whether the bound holds, and the figures.
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

    /// Repeats a measurement until its time is below a bound.
    ///
    /// - Parameters:
    ///   - bound: The bound.
    ///   - sourceLocation: The place to report if the bound never holds.
    ///   - round: Measures and returns a time.
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
