import NthPrime
import Testing

/// Look-ups with a memory budget.
@Suite
struct ResidencyTests {
    /// From nothing, through less and a little more than a block, to several runs of the fill.
    @Test(arguments: [0, 1023, 1024, 3 << 10, 1 << 20, 4096 << 10, 4097 << 10, 20 << 20])
    func `a budget changes no answer`(budget: Int) async throws {
        let plain = try PrimeIndex()
        let index = try PrimeIndex(memoryBudget: budget)
        try await index.fill(workers: 2)
        let residency = index.residency
        #expect(residency.isComplete)
        #expect(residency.blocks == budget / 1024)
        #expect(residency.bytes == residency.blocks * 1056)

        // M around the ends of the resident range, within it, and anywhere.
        var generator = SeededGenerator(seed: UInt64(budget))
        var ordinals = Array(0...2000) + [PrimeIndex.lastOrdinal - 1, PrimeIndex.lastOrdinal]
        ordinals += (0..<500).map { residency.primes + $0 }
        ordinals += (0..<500).map { residency.primes > $0 ? residency.primes - $0 : 1 }
        ordinals += (0..<20_000).map { _ in .random(in: 0...residency.primes, using: &generator) }
        ordinals += (0..<2000).map { _ in .random(in: 0 ... .max, using: &generator) }
        ordinals.shuffle(using: &generator)
        let expected = ordinals.map { plain.prime(at: $0) }
        for (ordinal, prime) in zip(ordinals, expected) {
            if index.prime(at: ordinal) != prime { Issue.record("M = \(ordinal)") }
            let isResident = (1...max(1, residency.primes)).contains(ordinal) && residency.primes > 0
            if index.residentPrime(at: ordinal) != (isResident ? prime : nil) {
                Issue.record("resident M = \(ordinal)")
            }
        }
        #expect(index.primes(at: ordinals) == expected)
        #expect(plain.primes(at: ordinals) == expected)
    }

    @Test
    func `every resident prime is right`() async throws {
        let index = try PrimeIndex(memoryBudget: 512 << 10)
        try await index.fill()
        let expected = primes(below: 512 * 30_720)
        #expect(Int(index.residency.primes) == expected.count)
        for (position, prime) in expected.enumerated() where index.residentPrime(at: UInt32(position + 1)) != prime {
            Issue.record("M = \(position + 1)")
        }
        #expect(index.residentPrime(at: UInt32(expected.count + 1)) == nil)
    }

    @Test
    func `batches of every length are answered in order`() async throws {
        let index = try PrimeIndex(memoryBudget: 64 << 10)
        try await index.fill()
        for count in 0...100 {
            let ordinals = (0..<count).map { UInt32($0 * 7919 % 300_000) }
            #expect(index.primes(at: ordinals) == ordinals.map { index.prime(at: $0) })
        }
    }
}
