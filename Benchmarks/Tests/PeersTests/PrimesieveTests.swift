import Peers
import Testing

/// libprimesieve is optional, so these tests are skipped on a machine without it.
@Suite(.enabled(if: Primesieve() != nil, "libprimesieve is not installed"))
struct PrimesieveTests {
    let primesieve: Primesieve

    init() throws {
        self.primesieve = try #require(Primesieve())
    }

    @Test
    func `the primes of an interval include its ends`() {
        #expect(self.primesieve.primes(in: 7...19) == [7, 11, 13, 17, 19])
    }

    @Test
    func `an interval without primes has an empty list`() {
        #expect(self.primesieve.primes(in: 24...28).isEmpty)
    }

    @Test
    func `a list of primes from a number on includes the number if it is prime`() {
        #expect(self.primesieve.primes(count: 3, from: 1_299_709) == [1_299_709, 1_299_721, 1_299_743])
    }

    @Test
    func `counting and finding are inverse`() {
        // The 1,000,000th prime is 15,485,863: OEIS A006988.
        #expect(self.primesieve.count(in: 0...15_485_863, threads: 1) == 1_000_000)
        #expect(self.primesieve.prime(at: 1_000_000, threads: 1) == 15_485_863)
    }
}
