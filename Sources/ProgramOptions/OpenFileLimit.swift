#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// How many files a process may have open; every connection is one.
public enum OpenFileLimit {
    /// Raises the limit as far as the system allows without privileges.
    ///
    /// The low default is for programs that use `select`, which this one does not.
    ///
    /// - Returns: How many files may be open from now on.
    public static func raise() -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1024 }
        let raised = rlimit(rlim_cur: limit.rlim_max, rlim_max: limit.rlim_max)
        if unsafe withUnsafePointer(to: raised, { unsafe setrlimit(resource, $0) }) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }
}
