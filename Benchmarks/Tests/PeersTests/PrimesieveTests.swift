import Peers
import Testing

/// The peers are optional: on a machine without them there is nothing to check.
@Suite(.enabled(if: Primesieve() != nil, "libprimesieve is not installed"))
struct PrimesieveTests {
    let primesieve: Primesieve

    init() throws {
        self.primesieve = try #require(Primesieve())
    }

    @Test
    func `primes of an interval are listed, ends included`() {
        #expect(self.primesieve.primes(in: 7...19) == [7, 11, 13, 17, 19])
    }

    @Test
    func `an interval without primes gives an empty list`() {
        #expect(self.primesieve.primes(in: 24...28).isEmpty)
    }

    @Test
    func `the next primes begin with the start, if it is prime`() {
        #expect(self.primesieve.primes(count: 3, from: 1_299_709) == [1_299_709, 1_299_721, 1_299_743])
    }

    @Test
    func `counting and finding are inverse`() {
        // The 1,000,000th prime is 15,485,863: OEIS A006988.
        #expect(self.primesieve.count(in: 0...15_485_863, threads: 1) == 1_000_000)
        #expect(self.primesieve.prime(at: 1_000_000, threads: 1) == 15_485_863)
    }
}
