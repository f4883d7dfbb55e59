#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The few things that a library without I/O has to ask the system about threads.
enum Threads {
    /// Tells the threads that run now apart.
    static var current: UInt {
        #if canImport(Glibc)
        UInt(pthread_self())
        #else
        UInt(bitPattern: pthread_self())
        #endif
    }

    /// How many cores the system has.
    static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Keeps the thread that calls from running for a while.
    static func pause(milliseconds: UInt32) {
        usleep(milliseconds * 1000)
    }
}

/// A thread that runs one function, at the priority of what nobody waits for.
///
/// To let go of it is to wait for its end.
package final class BackgroundThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    /// Starts the thread; fails if the system gives no more.
    package init?(_ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Body(body))
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let failure = unsafe pthread_create(
            &thread,
            nil,
            { box in
                BackgroundThread.giveWay()
                #if canImport(Darwin)
                unsafe Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run()
                #else
                if let box = unsafe box { unsafe Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
                #endif
                return nil
            },
            unsafe box.toOpaque()
        )
        guard failure == 0 else {
            unsafe box.release()
            return nil
        }
        #if canImport(Darwin)
        guard let thread else { return nil }
        #endif
        self.thread = thread
    }

    deinit {
        pthread_join(self.thread, nil)
    }

    /// Lets every thread of ordinary priority go first.
    private static func giveWay() {
        #if canImport(Darwin)
        pthread_set_qos_class_self_np(QOS_CLASS_BACKGROUND, 0)
        #else
        // On Linux a nice value is a thread's own; 0 is the calling one. SCHED_IDLE would be humbler still, but then these
        // threads, and the process with them, took 4 to 9 s to end beside eight busy ones on two cores, rather than 1 to 2.
        #if canImport(Glibc)
        let process = __priority_which_t(PRIO_PROCESS.rawValue)
        #else
        let process = PRIO_PROCESS
        #endif
        _ = setpriority(process, 0, 19)
        #endif
    }
}
