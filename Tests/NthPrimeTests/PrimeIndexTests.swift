import Subprocess
import Testing

@testable import NthPrime

/// Look-ups while nothing is resident.
@Suite
struct PrimeIndexTests {
    let index: PrimeIndex

    init() throws {
        self.index = try PrimeIndex()
    }

    @Test
    func `M = 0 has no prime`() {
        #expect(self.index.prime(at: 0) == nil)
        #expect(self.index.residentPrime(at: 0) == nil)
        #expect(self.index.primes(at: [0, 1]) == [nil, 2])
        #expect(self.index.primes(at: []) == [])
    }

    @Test
    func `every M up to 1,000,000 agrees with a plain sieve`() {
        let expected = primes(below: 15_485_864)
        #expect(expected.count == 1_000_000)  // The 1,000,000th prime is 15,485,863: OEIS A006988.
        for (position, prime) in expected.enumerated() where self.index.prime(at: UInt32(position + 1)) != prime {
            Issue.record("M = \(position + 1)")
        }
    }

    /// The first look-up of a block sieves a part of it, the second sieves all of it, the third reads a list.
    @Test
    func `known values from the whole domain are answered three times`() throws {
        let vectors = try NthPrimeVectors.all()
        #expect(vectors.count == 2941)
        for (ordinal, prime) in vectors {
            for _ in 1...3 { #expect(self.index.prime(at: ordinal) == prime) }
        }
    }

    @Test
    func `blocks join without a gap at both ends and at a thousand places`() throws {
        let table = try CheckpointTable.embedded()
        var generator = SeededGenerator(seed: 20_261_123)
        let random = (0..<1000).map { _ in Int.random(in: 1..<Block.count, using: &generator) }
        for block in [1, 2, Block.count - 1] + random {
            let edge = UInt64(block * Block.length)
            let last = UInt32(table.primes(before: block))
            let before = try #require(self.index.prime(at: last))
            let after = try #require(self.index.prime(at: last + 1))
            #expect(before < edge && edge < after)
            for number in before...after where isPrime(number) != (number == before || number == after) {
                Issue.record("\(number), near the edge of block \(block)")
            }
        }
    }

    @Test
    func `consecutive M have consecutive primes`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            let first = UInt32.random(in: 1..<PrimeIndex.lastOrdinal - 3000, using: &generator)
            var number = try #require(self.index.prime(at: first))
            for ordinal in first + 1...first + 3000 {
                repeat { number += number == 2 ? 1 : 2 } while !isPrime(number)
                if self.index.prime(at: ordinal) != number { Issue.record("M = \(ordinal)") }
            }
        }
    }

    @Sendable
    static func hasPrimecount() async -> Bool {
        (try? await primecount(1)) != nil
    }

    @Test(.enabled("primecount is not installed", hasPrimecount))
    func `random M agree with primecount`() async throws {
        // Not seeded, so every run checks other M.
        for _ in 0..<100 {
            let ordinal = UInt32.random(in: 1...PrimeIndex.lastOrdinal)
            let expected = try await Self.primecount(ordinal)
            #expect(self.index.prime(at: ordinal) == expected, "M = \(ordinal)")
        }
    }

    /// Returns the M-th prime according to the program primecount.
    private static func primecount(_ ordinal: UInt32) async throws -> UInt64? {
        let result = try await run(
            .name("primecount"),
            arguments: ["--nth-prime", "\(ordinal)"],
            output: .string(limit: 100)
        )
        return UInt64(result.standardOutput.dropLast())
    }
}
