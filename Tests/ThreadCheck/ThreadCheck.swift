import Glibc
import NthPrime

/// A program that looks up on many threads while memory is filled, and compares with the answers of one thread.
///
/// It is built with the thread sanitizer, which detects races that cause no wrong answer.
@main
struct ThreadCheck {
    static func main() async throws {
        let plain = try PrimeIndex()
        try await checkFilling(plain)
        try checkSieving(plain)
        print("ThreadCheck: all answers agree")
    }

    /// Reads blocks as soon as they are in memory: the sanitizer forgets soon which thread wrote them.
    private static func checkFilling(_ plain: PrimeIndex) async throws {
        for _ in 1...3 {
            let index = try PrimeIndex(memoryBudget: 17 << 20)
            let filling = Task { try await self.fillInParts(index) }
            run(threads: 2) {
                // The priority of the fill's threads, which these would else keep off the cores by looking for more.
                _ = nice(10)
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
            try await filling.value
        }
    }

    /// Cancels fills while their threads sieve, so that other threads take over what these give back.
    private static func fillInParts(_ index: PrimeIndex) async throws {
        for _ in 1...2 {
            let blocks = index.residency.blocks
            let part = Task { try await index.fill(workers: 2) }
            while index.residency.blocks == blocks { await Task.yield() }
            part.cancel()
            try await part.value
        }
        try await index.fill(workers: 2)
    }

    /// Sieves parts of blocks, and reads lists of the primes of blocks sieved before.
    private static func checkSieving(_ plain: PrimeIndex) throws {
        let scattered = (0..<200).map { UInt32($0) &* 2_654_435_761 }
        for ordinals in [Array(3_000_000_000..<3_000_000_200), scattered] {
            let expected = ordinals.map { plain.prime(at: $0) }
            let index = try PrimeIndex()
            // More threads than the pool has scratches.
            run(threads: 40) {
                for (ordinal, prime) in zip(ordinals, expected) {
                    precondition(index.prime(at: ordinal) == prime, "M = \(ordinal)")
                }
            }
        }
    }

    /// Runs a function on several threads, and waits until all have ended.
    private static func run(threads count: Int, _ body: @escaping @Sendable () -> Void) {
        let threads = (0..<count).map { _ in
            var thread = pthread_t()
            let box = unsafe Unmanaged.passRetained(Body(run: body)).toOpaque()
            let failure = unsafe pthread_create(
                &thread,
                nil,
                { box in
                    if let box = unsafe box { unsafe Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
                    return nil
                },
                box
            )
            precondition(failure == 0, "the system starts no more threads")
            return thread
        }
        for thread in threads { pthread_join(thread, nil) }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
