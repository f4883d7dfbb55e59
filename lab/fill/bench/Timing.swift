import Glibc
func tuned(_ n: String, _ d: Int) -> Int { if let s = unsafe getenv(n) { return Int(unsafe String(cString: s))! }; return d }
func now() -> Double { var t = timespec(); unsafe clock_gettime(timing ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t); return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9 }
nonisolated(unsafe) var times = [0.0, 0, 0, 0, 0]
let timing = tuned("TIMING", 0) != 0
@inline(__always) func timed(_ i: Int, _ body: () -> Void) {
    if timing { let t = now(); body(); unsafe times[i] += now() - t } else { body() }
}
