import Foundation
import Synchronization
import Verification

/// Writes to stderr every few seconds how far a pass has come.
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

    /// Begins a pass.
    ///
    /// - Parameters:
    ///   - title: What is checked.
    ///   - total: How many primes there are to check.
    init(title: String, total: Int) {
        self.title = title
        self.total = total
    }

    /// Counts primes that were checked; any thread may call it.
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
