import Peers
import Testing
import Verification

/// libprimesieve is optional, so these tests are skipped on a machine without it.
@Suite(.enabled(if: Primesieve() != nil, "libprimesieve is not installed"))
struct VerificationTests {
    /// An M in the third chunk: a chunk of 7,864,320 numbers holds about 530,000 primes here.
    static let last: UInt32 = 1_100_000

    let primesieve: Primesieve

    init() throws {
        self.primesieve = try #require(Primesieve())
    }

    func verdict(from first: UInt32 = 1, planted: [UInt32: UInt64] = [:]) -> Verification.Verdict {
        let primes = self.primesieve.primes(count: Int(Self.last), from: 2)
        return Verification(ordinals: first...Self.last, primesieve: self.primesieve, threads: 2)
            .run(PlantedAnswers(primes: primes, planted: planted)) { _ in }
    }

    @Test
    func `right answers pass, and each is counted once`() {
        // The 1,100,000th prime is 17,144,489, in block 558.
        #expect(self.verdict() == .allRight(ChunkComparison.Tally(blocks: 559, primes: 1_100_000)))
    }

    @Test
    func `a range may start within a chunk`() {
        // The 1,000,000th prime is 15,485,863, in block 504: OEIS A006988.
        #expect(self.verdict(from: 1_000_000) == .allRight(ChunkComparison.Tally(blocks: 55, primes: 100_001)))
    }

    @Test(arguments: [1, 2, 600_000, Self.last] as [UInt32])
    func `one planted answer is found`(ordinal: UInt32) {
        let expected = self.primesieve.prime(at: ordinal, threads: 1)
        let verdict = self.verdict(planted: [ordinal: 1])
        #expect(verdict == .wrong(Mismatch(ordinal: ordinal, seen: 1, expected: expected)))
    }

    @Test
    func `the wrong answer with the lowest M is reported, whichever thread finds it`() {
        let verdict = self.verdict(planted: [530_000: 1, 3: 4, 1_000_000: 0])
        #expect(verdict == .wrong(Mismatch(ordinal: 3, seen: 4, expected: 5)))
    }
}
