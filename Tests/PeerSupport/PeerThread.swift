internal import Glibc
internal import NIOPosix
internal import Synchronization

/// Threads for code that blocks, because Swift's shared executor has only one thread per core.
package enum PeerThread {
    /// A flag that tells a load to end.
    package final class StopFlag: Sendable {
        private let flag = Atomic(false)

        /// Whether the load should end.
        package var isSet: Bool { self.flag.load(ordering: .relaxed) }

        func set() { self.flag.store(true, ordering: .relaxed) }
    }

    /// Runs `body` on a thread of its own.
    ///
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @discardableResult
    package static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await self.run(count: 1) { _ in try body() }[0]
    }

    /// Runs `body` on several threads at once.
    ///
    /// - Parameters:
    ///   - count: How many threads, at least 1.
    ///   - body: Receives the number of its thread, from 0.
    /// - Returns: What each call returns, in the order of the threads' numbers.
    /// - Throws: What the first call to fail throws, after all calls have ended.
    @discardableResult
    package static func run<Result: Sendable>(
        count: Int,
        _ body: @escaping @Sendable (Int) throws -> Result
    ) async throws -> [Result] {
        let pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
        let outcome: Swift.Result<[Result], any Error>
        do {
            let results = try await withThrowingTaskGroup(of: (Int, Result).self) { group in
                for number in 0..<count { group.addTask { (number, try await pool.runIfActive { try body(number) }) } }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            outcome = .success((0..<count).compactMap { results[$0] })
        } catch {
            outcome = .failure(error)
        }
        try await pool.shutdownGracefully()
        return try outcome.get()
    }

    /// Gives the calling thread the lowest priority, so that a load does not slow down what is measured.
    package static func giveWay() {
        // On Linux this call affects the calling thread only, not the whole process.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
    }

    /// Runs `load` until `body` returns.
    ///
    /// - Parameters:
    ///   - load: Checks the flag often, and returns when it is set.
    ///   - body: What is measured or checked under the load.
    /// - Returns: What `body` returns.
    /// - Throws: What `load` or `body` throws.
    package static func during<Result>(
        _ load: @escaping @Sendable (StopFlag) async throws -> Void,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let stop = StopFlag()
        async let loaded: Void = load(stop)
        let result: Result
        do {
            result = try await body()
        } catch {
            stop.set()
            throw error
        }
        stop.set()
        try await loaded
        return result
    }
}
