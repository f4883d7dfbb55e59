/// The time of a run of 1 KB: all set-up, and a partial turn of each sieving prime.
func setup() {
    var sieve = SegmentSieve(SievingPrimes(upTo: 323_243 + 100))
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 64)
    let directory = UnsafeMutablePointer<RankDirectory>.allocate(capacity: 1)
    var best = 1.0
    for round in 0..<300 {
        let t = now()
        unsafe sieve.sieve(memory, firstByte: 3_000_000_000 + round * 1_000_003, directories: directory)
        best = min(best, now() - t)
    }
    let t = now()
    _ = SievingPrimes(upTo: 323_243 + 100)
    print("run of 1 KB:", best * 1e6, "us; sieving primes and patterns:", (now() - t) * 1e6, "us")
}
