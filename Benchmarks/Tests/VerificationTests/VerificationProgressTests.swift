import Testing
import Verification

@Suite
struct VerificationProgressTests {
    @Test
    func `the text has share, rate and remaining time`() {
        let line = VerificationProgress(title: "sieving", done: 30_000_000, total: 120_000_000, elapsed: .seconds(2))
        #expect(line.description == "sieving: 25 %, 15 million primes a second, 6 s left")
    }
}
