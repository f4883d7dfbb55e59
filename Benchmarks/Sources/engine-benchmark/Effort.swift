/// The number of repetitions in each case.
struct Effort {
    /// The number of turns.
    let turns: Int
    /// The number of indexes created per turn.
    let starts: Int
    /// The number of cold look-ups per turn.
    let coldLookUps: Int
    /// How many of the cold look-ups primecount repeats, at milliseconds each.
    let primecountLookUps: Int
    /// The number of runs of neighbours per turn.
    let runs: Int
    /// The number of batches of 1,024 resident look-ups per turn; too many for a branch predictor to learn.
    let residentBatches: Int

    /// Enough for numbers to publish: a few minutes.
    static let full = Effort(
        turns: 5,
        starts: 10,
        coldLookUps: 20_000,
        primecountLookUps: 50,
        runs: 200,
        residentBatches: 4_096
    )

    /// Enough for a smoke test: a few seconds.
    static let quick = Effort(
        turns: 2,
        starts: 3,
        coldLookUps: 2_000,
        primecountLookUps: 5,
        runs: 10,
        residentBatches: 512
    )
}
