internal import Glibc

/// The operating system's threads.
enum Threads {
    /// A number that differs between running threads.
    static var current: UInt { UInt(pthread_self()) }

    /// How many cores the system has.
    static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs a function on a thread of its own, at low priority.
    ///
    /// The thread is detached: nothing can wait for it, and it keeps alive what the function refers to until it ends.
    ///
    /// - Returns: Whether the system gave a thread.
    static func startInBackground(_ body: @escaping @Sendable () -> Void) -> Bool {
        let box = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread,
            nil,
            { box in
                // On Linux a nice value is a thread's own; 0 is the calling one.
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Threads.niceness)
                if let box = unsafe box { unsafe Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
                return nil
            },
            unsafe box.toOpaque()
        )
        guard failure == 0 else {
            unsafe box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// How far background threads yield to others: one such thread gets about a tenth of an ordinary one's share of a
    /// saturated core.
    ///
    /// More would delay the end of the process, because each of its threads must run once more before that. Measured
    /// next to eight busy threads on two cores: a server that fills memory ends 0.21 to 0.27 s after SIGTERM with 10,
    /// 0.2 to 3.7 s with 15 or 19. SCHED_IDLE was slower still: 4 to 9 s.
    private static let niceness: Int32 = 10
}
