/// An independent, simple sieve: a Bool for each number.
func simpleBitmap(firstByte: Int, count: Int, primes: [Int]) -> [UInt8] {
    let start = firstByte * 30, end = start + count * 30
    var isComposite = [Bool](repeating: false, count: count * 30)
    for prime in primes {
        if prime * prime >= end { break }
        var multiple = max(prime * prime, (start + prime - 1) / prime * prime)
        while multiple < end { isComposite[multiple - start] = true; multiple += prime }
    }
    if start == 0 { isComposite[0] = true; isComposite[1] = true }
    return (0..<count).map { byte in
        var bits: UInt8 = 0
        for (bit, residue) in [1, 7, 11, 13, 17, 19, 23, 29].enumerated() where !isComposite[byte * 30 + residue] {
            bits |= 1 << UInt8(bit)
        }
        return bits
    }
}
func check() {
    let limit = 323_243 + 100
    let primes = SievingPrimes(upTo: limit)
    let all = SievingPrimes.primes(upTo: limit)
    var sieve = SegmentSieve(primes)
    let domain = (104_484_802_043 + 30720) / 30 / 1024 * 1024
    var runs: [(Int, Int)] = [(0, 10 << 20), (0, 1024), (1024, 1024), (domain - (4 << 20), 4 << 20)]
    var random = SystemRandomNumberGenerator()
    for _ in 0..<40 {
        let size = 1024 * Int.random(in: 1...([1, 8, 400, 1000, 4096].randomElement()!), using: &random)
        runs.append((Int.random(in: 0...(domain - size) / 1024, using: &random) * 1024, size))
    }
    for k in 0..<10 { runs.append((k * 123 * 1024, 300 * 1024)) }
    var failures = 0
    for (first, size) in runs {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size + 8192, alignment: 64)
        let blocks = size / 1024
        let directories = UnsafeMutablePointer<RankDirectory>.allocate(capacity: blocks)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0xa5)
        unsafe sieve.sieve(UnsafeMutableRawBufferPointer(rebasing: memory[4096..<(4096 + size)]), firstByte: first,
            directories: directories)
        let expected = simpleBitmap(firstByte: first, count: size, primes: all)
        var good = unsafe expected.withUnsafeBytes { unsafe $0.elementsEqual(memory[4096..<(4096 + size)]) }
        for i in 0..<4096 where unsafe memory[i] != 0xa5 || memory[4096 + size + i] != 0xa5 { good = false }
        for block in 0..<blocks {
            var n = 0
            for line in 0..<16 {
                for i in 0..<64 { n += expected[block * 1024 + line * 64 + i].nonzeroBitCount }
                if unsafe Int(directories[block].counts[line]) != n { good = false }
            }
        }
        if !good { failures += 1; print("FAIL", first, size) }
        unsafe memory.deallocate(); unsafe directories.deallocate()
    }
    print("checked", runs.count, "runs; failures:", failures)
}
