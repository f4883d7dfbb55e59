/// Sieves one block of the number line: Eratosthenes over the odd numbers alone.
///
/// Immutable once made, so any number of threads may use one at once.
package struct BlockSieve: Sendable {
    /// The length of a block on the number line; even.
    package let numbersPerBlock: Int
    /// The odd primes whose multiples are struck, up to the square root of the domain's end.
    private let sievingPrimes: [UInt32]

    /// Prepares to sieve blocks whose numbers all lie below `end`.
    ///
    /// - Complexity: O(√end · log log end) in time, O(√end / log end) in memory.
    package init(numbersPerBlock: Int, end: UInt64) {
        self.numbersPerBlock = numbersPerBlock
        self.sievingPrimes = Self.oddPrimes(upTo: Int(Double(end).squareRoot()) + 1)
    }

    /// How many primes the block holds.
    package func count(inBlock block: Int) -> Int {
        self.withSievedBlock(block) { isPrime in isPrime.reduce(0) { $0 + Int($1) } } + (block == 0 ? 1 : 0)
    }

    /// The prime at a place of the block.
    ///
    /// - Parameters:
    ///   - block: The block's number, from 0.
    ///   - rank: The place among the block's primes, from 1 to their count.
    /// - Returns: The prime.
    func prime(inBlock block: Int, rank: Int) -> UInt64 {
        if block == 0, rank == 1 { return 2 }
        var remaining = block == 0 ? rank - 1 : rank
        let position = self.withSievedBlock(block) { isPrime in
            isPrime.firstIndex { candidate in
                remaining -= Int(candidate)
                return remaining == 0
            }
        }
        guard let position else { preconditionFailure("block \(block) holds fewer than \(rank) primes") }
        return UInt64(block * self.numbersPerBlock + 2 * position + 1)
    }

    /// Calls `body` with a byte for each odd number of the block, 1 for a prime and 0 for others.
    private func withSievedBlock<Result>(_ block: Int, _ body: ([UInt8]) -> Result) -> Result {
        let start = UInt64(block * self.numbersPerBlock)
        let end = start + UInt64(self.numbersPerBlock)
        var isPrime = [UInt8](repeating: 1, count: self.numbersPerBlock / 2)
        if block == 0 { isPrime[0] = 0 }
        for prime in self.sievingPrimes {
            let step = UInt64(prime)
            if step * step >= end { break }
            // The first odd multiple in the block that is no smaller than the prime's square.
            var multiple = max(step * step, (start + step - 1) / step * step)
            if multiple.isMultiple(of: 2) { multiple += step }
            var position = Int(multiple - start) / 2
            while position < isPrime.count {
                isPrime[position] = 0
                position += Int(prime)
            }
        }
        return body(isPrime)
    }

    private static func oddPrimes(upTo limit: Int) -> [UInt32] {
        var isComposite = [Bool](repeating: false, count: limit + 1)
        var primes: [UInt32] = []
        for candidate in stride(from: 3, through: limit, by: 2) where !isComposite[candidate] {
            primes.append(UInt32(candidate))
            for multiple in stride(from: candidate * candidate, through: limit, by: 2 * candidate) {
                isComposite[multiple] = true
            }
        }
        return primes
    }
}
