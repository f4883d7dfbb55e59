#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How many files the program may have open; every connection is one.
struct FileLimit {
    /// What the server needs beside its connections: the log, the listener, the event loops' own.
    private static let reserve = 32

    private let files: Int

    /// How many connections there may be.
    var connections: Int { max(1, self.files - Self.reserve) }

    /// Raises the limit as far as the system allows without privileges.
    ///
    /// The low default is for programs that use `select`, which this one does not.
    static func raise() -> FileLimit {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard unsafe getrlimit(resource, &limit) == 0 else { return FileLimit(files: 1024) }
        let raised = rlimit(rlim_cur: limit.rlim_max, rlim_max: limit.rlim_max)
        if unsafe withUnsafePointer(to: raised, { unsafe setrlimit(resource, $0) }) == 0 { limit = raised }
        return FileLimit(files: Int(clamping: limit.rlim_cur))
    }
}
