internal import Glibc

/// The signals of the process as its parent has set them.
package enum ProcessSignals {
    /// Returns whether a signal has its default action.
    ///
    /// A parent may have set it to be ignored: `nohup` does so with SIGHUP, and a shell with SIGINT for a job in the
    /// background.
    ///
    /// - Parameter signal: The signal's number.
    /// - Returns: Whether the signal would have its default action now.
    package static func hasDefaultAction(_ signal: CInt) -> Bool {
        var action = sigaction()
        // Safe: the structure outlives the call, which fills it.
        return unsafe sigaction(signal, nil, &action) == 0 && action.__sigaction_handler.sa_handler == nil
    }
}
