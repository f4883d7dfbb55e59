import NthPrime

/// Looks up on many threads at once, while the background fills, and compares with what one thread found alone.
///
/// To be built with the thread sanitizer, which sees races that no wrong answer shows.
@main
struct ThreadCheck {
    static func main() throws {
        let plain = try PrimeIndex()
        try checkFilling(plain)
        try checkSieving(plain)
        print("ThreadCheck: all answers agree")
    }

    /// Reads what has just become resident: the sanitizer does not remember for long who wrote what.
    private static func checkFilling(_ plain: PrimeIndex) throws {
        for _ in 1...3 {
            let index = try PrimeIndex(memoryBudget: 9 << 20, fillWorkers: 2)
            run(threads: 2) { _ in
                var seen: UInt32 = 0
                while !index.residency.isComplete || seen < index.residency.primes {
                    let resident = index.residency.primes
                    guard resident > seen else { continue }
                    seen = resident
                    let newest = Array(resident - 100...resident)
                    let primes = newest.map { index.residentPrime(at: $0) }
                    precondition(index.primes(at: newest) == primes, "M = \(newest)")
                    precondition(primes == newest.map { plain.prime(at: $0) }, "M = \(newest)")
                }
            }
        }
    }

    /// Sieves parts of blocks, and reads lists of the primes of blocks sieved before.
    private static func checkSieving(_ plain: PrimeIndex) throws {
        let scattered = (0..<200).map { UInt32($0) &* 2_654_435_761 }
        for ordinals in [Array(3_000_000_000..<3_000_000_200), scattered] {
            let expected = ordinals.map { plain.prime(at: $0) }
            let index = try PrimeIndex()
            // More threads than the pool has scratches.
            run(threads: 40) { _ in
                for (ordinal, prime) in zip(ordinals, expected) {
                    precondition(index.prime(at: ordinal) == prime, "M = \(ordinal)")
                }
            }
        }
    }

    /// Runs as many threads, to the end of all.
    private static func run(threads count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let threads = (0..<count).map { thread in BackgroundThread { body(thread) } }
        precondition(threads.allSatisfy { $0 != nil }, "the system gives no more threads")
    }
}
