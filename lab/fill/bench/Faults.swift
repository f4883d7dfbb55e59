import Dispatch
import Glibc
/// What the page faults of 3.5 GB cost by themselves: one write per 4 KB page, by 2 threads.
func faults() {
    let total = Int(3.5 * 1024 * 1024 * 1024)
    for round in 0..<2 {
        let t0 = now()
        let memory = unsafe fresh(total)
        nonisolated(unsafe) let shared = unsafe memory
        DispatchQueue.concurrentPerform(iterations: 2) { thread in
            for offset in stride(from: thread * total / 2, to: (thread + 1) * total / 2, by: 4096) {
                unsafe shared.storeBytes(of: 1, toByteOffset: offset & ~7, as: UInt64.self)
            }
        }
        let t1 = now()
        unsafe memset(memory, 3, total)
        let t2 = now()
        unsafe munmap(memory, total + (2 << 20))
        print("round", round, "faults", t1 - t0, "second touch, memset by 1 thread", t2 - t1, "unmap", now() - t2)
    }
}
