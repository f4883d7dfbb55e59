import Glibc
// Usage: bench LO SPAN [RUN-MB] : single-thread sieve of a range into fresh memory.
if CommandLine.arguments[1] == "check" { check(); exit(0) }
if CommandLine.arguments[1] == "domain" { domain(threads: 2); exit(0) }
if CommandLine.arguments[1] == "faults" { faults(); exit(0) }
if CommandLine.arguments[1] == "setup" { setup(); exit(0) }
let lo = Int(CommandLine.arguments[1])! / 30 / 1024 * 1024
let bytes = Int(CommandLine.arguments[2])! / 30 / 1024 * 1024
let runSize = tuned("RUN", 8) << 20
let primes = SievingPrimes(upTo: 323_243 + 100)
func fresh(_ size: Int) -> UnsafeMutableRawPointer {
    let size = (size + (4 << 20))
    let p = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    let aligned = unsafe UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: p) + (2 << 20) - 1) & ~((2 << 20) - 1))!
    if tuned("HUGE", 1) != 0 { unsafe madvise(aligned, size - (2 << 20), 14) }
    return unsafe aligned
}
for _ in 0..<tuned("REP", 1) {
    let t0 = now()
    let memory = unsafe fresh(bytes)
    let directories = unsafe fresh(bytes / 32).assumingMemoryBound(to: RankDirectory.self)
    if tuned("FAULT", 0) != 0 { unsafe memset(memory, 1, bytes); unsafe memset(directories, 1, bytes / 32) }
    let t1 = now()
    var sieve = SegmentSieve(primes)
    for run in stride(from: 0, to: bytes, by: runSize) {
        let size = min(runSize, bytes - run)
        unsafe sieve.sieve(UnsafeMutableRawBufferPointer(start: memory + run, count: size), firstByte: lo + run,
            directories: directories + run / 1024)
    }
    let t2 = now()
    var c = 0
    for b in 0..<(bytes / 1024) { c += unsafe Int(directories[b].counts[15]) }
    print("fault", t1 - t0, "sieve", t2 - t1, "total", t2 - t0, unsafe times, "count", c)
    unsafe munmap(memory, bytes); unsafe munmap(directories, bytes / 32)
    unsafe times = [0, 0, 0, 0, 0]
}
