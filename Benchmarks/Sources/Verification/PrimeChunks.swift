internal import Peers

/// The primes of a range of M, in chunks, from libprimesieve only.
///
/// Nothing here depends on the index under test. The place of every prime follows by induction: libprimesieve counts the
/// place of the first prime, the chunks join without a gap, and each chunk starts at the place after the last one of the
/// chunk before.
struct PrimeChunks {
    private let primesieve: Primesieve
    private var nextNumber: UInt64
    private var nextOrdinal: UInt32?
    private let lastOrdinal: UInt32

    /// The length of a chunk in numbers; it holds about 310,000 primes, 2.5 MB.
    ///
    /// Each chunk costs libprimesieve a set-up of 0.3 ms, so shorter chunks make it the bottleneck. Longer chunks do not
    /// fit into the CPU's caches.
    static let numbersPerChunk: UInt64 = 256 * IndexBlock.length

    /// Finds the first prime.
    ///
    /// - Parameters:
    ///   - ordinals: The range of M, from 1.
    ///   - primesieve: The source of the primes.
    ///   - threads: The number of threads that find the first prime.
    /// - Complexity: libprimesieve counts all primes before the first: up to 10 s of CPU time.
    init(ordinals: ClosedRange<UInt32>, primesieve: Primesieve, threads: Int) {
        self.primesieve = primesieve
        self.nextNumber = primesieve.prime(at: ordinals.lowerBound, threads: threads)
        self.nextOrdinal = ordinals.lowerBound
        self.lastOrdinal = ordinals.upperBound
    }

    /// Returns the next chunk, which ends at a multiple of the chunk length or with the last prime of the range.
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
