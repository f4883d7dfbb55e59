internal import Dispatch
internal import Glibc

/// The number of threads that the process may start: the user's limit, the container's, and the memory for their stacks.
package enum ThreadLimit {
    /// The error of a process that cannot start the threads that it needs.
    package struct TooFewThreads: Error, CustomStringConvertible {
        let available: Int
        let required: Int

        /// Both numbers, and what to do.
        package var description: String {
            "only \(self.available) of the \(self.required) threads needed can be started; "
                + "raise the limit of the user (ulimit -u) or of the container (pids)"
        }
    }

    private static let gate = DispatchSemaphore(value: 0)

    /// Checks that so many threads can be started, by starting them.
    ///
    /// - Parameter count: The number of threads, besides those that run already.
    /// - Throws: ``TooFewThreads``; libraries would trap, or wait without end, for want of threads.
    package static func require(_ count: Int) throws(TooFewThreads) {
        var threads: [pthread_t] = []
        while threads.count < count {
            var thread = pthread_t()
            // Safe: the handle outlives the call, which fills it, and the thread gets no pointer.
            let error = unsafe pthread_create(
                &thread,
                nil,
                { _ in
                    ThreadLimit.gate.wait()
                    return nil
                },
                nil
            )
            guard error == 0 else { break }
            threads.append(thread)
        }
        for _ in threads { self.gate.signal() }
        for thread in threads { pthread_join(thread, nil) }
        guard threads.count == count else { throw TooFewThreads(available: threads.count, required: count) }
    }
}
