/// All primes below a limit, by the sieve of Eratosthenes in its plainest form.
func primes(below limit: Int) -> [UInt64] {
    var isComposite = [Bool](repeating: false, count: limit)
    var primes: [UInt64] = []
    for candidate in 2..<limit where !isComposite[candidate] {
        primes.append(UInt64(candidate))
        for multiple in stride(from: candidate * candidate, to: limit, by: candidate) { isComposite[multiple] = true }
    }
    return primes
}

/// Whether a number is prime, by trial division.
func isPrime(_ number: UInt64) -> Bool {
    guard number > 1 else { return false }
    var divisor: UInt64 = 2
    while divisor * divisor <= number {
        if number.isMultiple(of: divisor) { return false }
        divisor += 1
    }
    return true
}

/// Known answers, computed with primecount 7.6: each power and edge of interest, and places spread over the domain.
enum NthPrimeVectors {
    struct Malformed: Error { var line: Substring }

    static func all() throws -> [(ordinal: UInt32, prime: UInt64)] {
        try String(decoding: PackageResources.nth_primes_tsv, as: UTF8.self)
            .split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .map { line in
                let fields = line.split(separator: "\t")
                guard fields.count == 2, let ordinal = UInt32(fields[0]), let prime = UInt64(fields[1]) else {
                    throw Malformed(line: line)
                }
                return (ordinal, prime)
            }
    }
}

/// Random numbers that are the same in every run (splitmix64).
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
