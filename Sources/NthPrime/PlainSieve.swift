/// The sieve of Eratosthenes in its plain form, for the primes that the fast sieves strike with.
enum PlainSieve {
    /// Returns the odd primes below a limit, in ascending order.
    static func oddPrimes(below limit: Int) -> [UInt32] {
        // Flag i stands for 2i + 1.
        var isComposite = [Bool](repeating: false, count: limit / 2)
        var primes: [UInt32] = []
        for index in 1..<isComposite.count where !isComposite[index] {
            let prime = 2 * index + 1
            primes.append(UInt32(prime))
            var multiple = prime * prime / 2
            while multiple < isComposite.count {
                isComposite[multiple] = true
                multiple += prime
            }
        }
        return primes
    }
}
