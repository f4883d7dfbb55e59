internal import Peers

/// All primes from a given place on, chunk after chunk, from libprimesieve alone.
///
/// Nothing here comes from the index that is checked. That the n-th prime of this sequence is the n-th prime holds by
/// induction: the first chunk begins at a prime whose place libprimesieve counted (2, unless a later start was asked
/// for), the chunks join without a gap, and each begins with the place after the last of the chunk before.
struct PrimeChunks {
    private let primesieve: Primesieve
    private var nextNumber: UInt64
    private var nextOrdinal: UInt32?
    private let lastOrdinal: UInt32

    /// How many numbers a chunk covers: about 310,000 primes, 2.5 MB.
    ///
    /// A chunk costs libprimesieve a set-up of 0.3 ms
    /// beside the sieving, so shorter ones make it the bottleneck; longer ones fall out of the processor's caches.
    static let numbersPerChunk: UInt64 = 256 * IndexBlock.length

    /// Begins a sequence.
    ///
    /// - Parameters:
    ///   - ordinals: The places of its first and last prime, from 1.
    ///   - primesieve: The source.
    ///   - threads: How many threads may look for the first prime.
    /// - Complexity: The primes before the first are counted: up to 10 s of one core.
    init(ordinals: ClosedRange<UInt32>, primesieve: Primesieve, threads: Int) {
        self.primesieve = primesieve
        self.nextNumber = primesieve.prime(at: ordinals.lowerBound, threads: threads)
        self.nextOrdinal = ordinals.lowerBound
        self.lastOrdinal = ordinals.upperBound
    }

    /// Gives the next chunk; it ends where a chunk of the number line ends, or with the last prime that was asked for.
    ///
    /// - Returns: The chunk; `nil` after the last.
    mutating func next() -> PrimeChunk? {
        guard let firstOrdinal = self.nextOrdinal else { return nil }
        let end = (self.nextNumber / Self.numbersPerChunk + 1) * Self.numbersPerChunk
        let primes = self.primesieve.primes(in: self.nextNumber...end - 1)
        let wanted = Int(self.lastOrdinal - firstOrdinal) + 1
        self.nextNumber = end
        self.nextOrdinal = primes.count < wanted ? firstOrdinal + UInt32(primes.count) : nil
        return PrimeChunk(
            firstOrdinal: firstOrdinal,
            primes: primes.count <= wanted ? primes : Array(primes.prefix(wanted))
        )
    }
}
