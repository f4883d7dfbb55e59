import Dispatch
import Glibc
import Synchronization

/// The whole domain on `threads` threads, into fresh memory.
func domain(threads: Int) {
    let top = 104_484_802_043
    let runSize = tuned("RUN", 8) << 20
    let bytes = (top + 30720) / 30 / 1024 * 1024
    var t0 = now()
    let primes = SievingPrimes(upTo: 323_243 + 100)
    let memory = unsafe fresh(bytes)
    let directories = unsafe fresh(bytes / 32).assumingMemoryBound(to: RankDirectory.self)
    if tuned("TOUCH", 0) != 0 {
        unsafe memset(memory, 1, bytes)
        unsafe memset(directories, 1, bytes / 32)
        t0 = now()
    }
    let nextRun = Atomic(0)
    nonisolated(unsafe) let (shared, sharedDirectories) = unsafe (memory, directories)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
        var sieve = SegmentSieve(primes)
        while true {
            let run = nextRun.add(runSize, ordering: .relaxed).oldValue
            if run >= bytes { break }
            let size = min(runSize, bytes - run)
            unsafe sieve.sieve(UnsafeMutableRawBufferPointer(start: shared + run, count: size), firstByte: run,
                directories: sharedDirectories + run / 1024)
        }
    }
    let t1 = now()
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    var count = 0
    for block in 0..<(bytes / 1024) { count += unsafe Int(directories[block].counts[15]) }
    // Take away what lies beyond the top.
    for byte in (top / 30)..<bytes {
        for (bit, residue) in Wheel.residues.enumerated() where byte * 30 + residue > top {
            let value = unsafe memory.load(fromByteOffset: byte, as: UInt8.self)
            count -= Int(value >> UInt8(bit) & 1)
        }
    }
    print("sieve", t1 - t0, "user", usage.ru_utime.tv_sec, usage.ru_utime.tv_usec / 1000, "sys", usage.ru_stime.tv_sec,
        usage.ru_stime.tv_usec / 1000, "count", count, count == 4_294_967_295 - 3 ? "correct" : "WRONG")
}
