import Foundation
import Synchronization
import Verification

/// A log that writes the progress of a pass to stderr every five seconds.
final class ProgressLog: Sendable {
    private struct State {
        var done = 0
        var nextLine = ProgressLog.interval
    }

    private let title: String
    private let total: Int
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    private static let interval = Duration.seconds(5)

    /// Starts the log of a pass.
    ///
    /// - Parameters:
    ///   - title: The name of the pass.
    ///   - total: The number of primes to check.
    init(title: String, total: Int) {
        self.title = title
        self.total = total
    }

    /// Adds checked primes; any thread may call it.
    func add(_ primes: Int) {
        let elapsed = ContinuousClock.now - self.start
        let done: Int? = self.state.withLock { state in
            state.done += primes
            guard elapsed >= state.nextLine else { return nil }
            state.nextLine = elapsed + Self.interval
            return state.done
        }
        guard let done else { return }
        let line = VerificationProgress(title: self.title, done: done, total: self.total, elapsed: elapsed)
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }
}
