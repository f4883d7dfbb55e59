internal import Glibc

/// The limit on open files, and so on connections, of this process.
package enum OpenFiles {
    /// Raises the limit to the most that the system allows.
    ///
    /// - Returns: The new limit; 0 if it cannot be raised.
    @discardableResult
    package static func raiseLimit() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        // Safe: both structures outlive the calls.
        guard unsafe getrlimit(resource, &limit) == 0 else { return 0 }
        limit.rlim_cur = limit.rlim_max
        return unsafe setrlimit(resource, &limit) == 0 ? Int(clamping: limit.rlim_max) : 0
    }
}
