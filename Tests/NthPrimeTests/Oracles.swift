/// Returns all primes below a limit, by a plain sieve of Eratosthenes.
func primes(below limit: Int) -> [UInt64] {
    var isComposite = [Bool](repeating: false, count: limit)
    var primes: [UInt64] = []
    for candidate in 2..<limit where !isComposite[candidate] {
        primes.append(UInt64(candidate))
        for multiple in stride(from: candidate * candidate, to: limit, by: candidate) { isComposite[multiple] = true }
    }
    return primes
}

/// Returns whether a number below 3,474,749,660,383 is prime, by the Miller-Rabin test.
///
/// Source: G. Jaeschke, "On strong pseudoprimes to several bases" (1993): below this limit, these six bases are enough.
func isPrime(_ number: UInt64) -> Bool {
    precondition(number < 3_474_749_660_383)
    let bases: [UInt64] = [2, 3, 5, 7, 11, 13]
    guard number > 13 else { return bases.contains(number) }
    let twos = (number - 1).trailingZeroBitCount
    return bases.allSatisfy { base in
        var power = modularPower(base, (number - 1) >> UInt64(twos), modulo: number)
        if power == 1 || power == number - 1 { return true }
        for _ in 1..<max(1, twos) {
            power = product(power, power, modulo: number)
            if power == number - 1 { return true }
        }
        return false
    }
}

private func modularPower(_ base: UInt64, _ exponent: UInt64, modulo modulus: UInt64) -> UInt64 {
    var (result, square, exponent): (UInt64, UInt64, UInt64) = (1, base % modulus, exponent)
    while exponent > 0 {
        if exponent & 1 == 1 { result = product(result, square, modulo: modulus) }
        square = product(square, square, modulo: modulus)
        exponent >>= 1
    }
    return result
}

private func product(_ left: UInt64, _ right: UInt64, modulo modulus: UInt64) -> UInt64 {
    modulus.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
}

/// Known answers, computed with primecount 7.6: powers, edges, and places spread over the domain.
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

/// A generator of random numbers that are the same in every run (splitmix64).
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
