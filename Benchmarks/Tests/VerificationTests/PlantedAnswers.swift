import Verification

/// Answers from a list of primes, with planted wrong answers.
struct PlantedAnswers: PrimeAnswers {
    private var primes: [UInt64]

    init(primes: [UInt64], planted: [UInt32: UInt64] = [:]) {
        self.primes = primes
        for (ordinal, answer) in planted { self.primes[Int(ordinal) - 1] = answer }
    }

    func answer(_ ordinals: Span<UInt32>, into answers: inout MutableSpan<UInt64>) {
        for position in ordinals.indices { answers[position] = self.primes[Int(ordinals[position]) - 1] }
    }
}
