import Peers
import Testing

/// The peers are optional: on a machine without them there is nothing to check.
@Suite(.enabled(if: Primecount() != nil, "libprimecount is not installed"))
struct PrimecountTests {
    /// Source: OEIS A006988, and the largest M's prime.
    @Test(arguments: [(1, 2), (1_000_000, 15_485_863), (4_294_967_295, 104_484_802_043)] as [(UInt32, UInt64)])
    func `known primes are found`(ordinal: UInt32, prime: UInt64) throws {
        let primecount = try #require(Primecount())
        #expect(primecount.prime(at: ordinal, threads: 1) == prime)
    }
}
