internal import Glibc

/// The number of files that the process may have open; each connection is one.
package enum OpenFileLimit {
    /// Raises the limit as far as the system allows without privileges.
    ///
    /// The low default is for programs that use `select`; these programs do not.
    ///
    /// - Returns: The number of files that may be open from now on.
    package static func raise() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1024 }
        let raised = rlimit(rlim_cur: limit.rlim_max, rlim_max: limit.rlim_max)
        if unsafe withUnsafePointer(to: raised, { unsafe setrlimit(resource, $0) }) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }
}
