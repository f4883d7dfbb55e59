import Peers
import Testing

/// libprimecount is optional, so these tests are skipped on a machine without it.
@Suite(.enabled(if: Primecount() != nil, "libprimecount is not installed"))
struct PrimecountTests {
    /// Source: OEIS A006988, and the prime of the largest M.
    @Test(arguments: [(1, 2), (1_000_000, 15_485_863), (4_294_967_295, 104_484_802_043)] as [(UInt32, UInt64)])
    func `published primes are found`(ordinal: UInt32, prime: UInt64) throws {
        let primecount = try #require(Primecount())
        #expect(primecount.prime(at: ordinal, threads: 1) == prime)
    }
}
