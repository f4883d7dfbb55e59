/// How much is measured.
struct Effort {
    /// How many turns each case takes.
    let turns: Int
    /// How often the index is made in a turn.
    let starts: Int
    /// How many look-ups sieve in a turn, one by one.
    let coldLookUps: Int
    /// How many of them primecount repeats, at milliseconds each.
    let primecountLookUps: Int
    /// At how many places neighbours are looked up in a turn.
    let runs: Int
    /// How many batches of 1,024 resident look-ups a turn makes: so many that no branch predictor knows them.
    let residentBatches: Int

    /// Enough for numbers that may be published: some minutes.
    static let full = Effort(
        turns: 5,
        starts: 10,
        coldLookUps: 20_000,
        primecountLookUps: 50,
        runs: 200,
        residentBatches: 4_096
    )

    /// Enough to see that everything works: some seconds.
    static let quick = Effort(
        turns: 2,
        starts: 3,
        coldLookUps: 2_000,
        primecountLookUps: 5,
        runs: 10,
        residentBatches: 512
    )
}
