import NthPrime
import Testing

@Suite
struct PrimeIndexTests {
    let index: PrimeIndex

    init() throws {
        self.index = try PrimeIndex()
    }

    @Test
    func `M = 0 has no prime`() {
        #expect(self.index.prime(at: 0) == nil)
    }

    @Test
    func `every M up to 100,000 agrees with a plain sieve`() {
        let expected = primes(below: 1_299_710)
        #expect(expected.count == 100_000)  // The 100,000th prime is 1,299,709: OEIS A006988.
        for (position, prime) in expected.enumerated() {
            #expect(self.index.prime(at: UInt32(position + 1)) == prime)
        }
    }

    @Test
    func `known values from all of the domain are answered`() throws {
        let vectors = try NthPrimeVectors.all()
        #expect(vectors.count == 2941)
        for (ordinal, prime) in vectors {
            #expect(self.index.prime(at: ordinal) == prime)
        }
    }

    @Test
    func `primes ascend across every edge of blocks looked at`() throws {
        var generator = SeededGenerator(seed: 20_261_123)
        for _ in 0..<200 {
            let ordinal = UInt32.random(in: 2...PrimeIndex.lastOrdinal - 1, using: &generator)
            let before = try #require(self.index.prime(at: ordinal - 1))
            let prime = try #require(self.index.prime(at: ordinal))
            let after = try #require(self.index.prime(at: ordinal + 1))
            #expect(before < prime && prime < after)
            #expect(isPrime(prime))
        }
    }

    @Test
    func `any number of threads may look up at once`() async throws {
        let vectors = try NthPrimeVectors.all()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { [index] in vectors.allSatisfy { index.prime(at: $0.ordinal) == $0.prime } }
            }
            for await allRight in group { #expect(allRight) }
        }
    }
}
