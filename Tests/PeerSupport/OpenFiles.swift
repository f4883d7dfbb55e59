internal import Glibc

/// How many files, and so connections, a process of the tests may have open.
package enum OpenFiles {
    /// Raises this process's limit as far as the system allows.
    ///
    /// - Returns: The limit.
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
