import ArgumentParser
import Testing

@testable import engine_benchmark

@Suite
struct DiscrepancyTests {
    @Test
    func `a wrong answer is a failure, and says so`() {
        let error = #expect(throws: Discrepancy.self) {
            try Discrepancy.unlessEqual([2, 4], [2, 3], "the first primes")
        }
        #expect(error.map(EngineBenchmark.exitCode) == .failure)
        #expect(error.map(EngineBenchmark.message) == "wrong answer: the first primes: got [2, 4], expected [2, 3]")
    }

    @Test
    func `a right answer is none`() throws {
        try Discrepancy.unlessEqual([2, 3], [2, 3], "the first primes")
    }
}
