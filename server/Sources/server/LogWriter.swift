import Dispatch
import NIOPosix
import Synchronization
import SystemPackage

/// Writes the log to stderr on a thread of its own, so that the server never waits for whoever reads it.
///
/// What nobody reads would fill the pipe, and then hold up every event loop that has something to say.
final class LogWriter: TextOutputStream, Sendable {
    /// Lines that wait to be written, in bytes: some 2,000 of them.
    ///
    /// What comes beyond is dropped, and counted.
    private static let limit = 256 << 10

    private struct State {
        var waiting = ""
        var droppedLines = 0
        var isWriting = false
    }

    /// Guards what waits; never held while writing.
    private let state = Mutex(State())
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init() {
        self.thread.start()
    }

    /// Takes one line, and returns at once.
    func write(_ line: String) {
        let mustStart = self.state.withLock { state in
            guard state.waiting.utf8.count + line.utf8.count <= Self.limit else {
                state.droppedLines += 1
                return false
            }
            state.waiting += line
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { self.thread.submit { _ in self.writeAll() } }
    }

    /// Waits until all that was taken is written, if that happens soon.
    func flush() {
        let written = DispatchSemaphore(value: 0)
        // The thread does one thing after another.
        self.thread.submit { _ in written.signal() }
        _ = written.wait(timeout: .now() + .milliseconds(50))
    }

    private func writeAll() {
        while let lines = self.next() {
            // Nobody is left to tell when stderr fails.
            _ = try? FileDescriptor.standardError.writeAll(lines.utf8)
        }
    }

    /// Takes what waits off the queue; `nil` once there is nothing.
    private func next() -> String? {
        self.state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            defer { (state.waiting, state.droppedLines) = ("", 0) }
            guard state.droppedLines > 0 else { return state.waiting }
            return state.waiting
                + "server: \(state.droppedLines) lines of the log were dropped: its reader was too slow\n"
        }
    }
}
