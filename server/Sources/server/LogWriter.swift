import Dispatch
import NIOPosix
import ProgramOptions
import Synchronization
import SystemPackage

/// An output stream that writes log lines to stderr on its own thread, so that the server never waits for their reader.
///
/// If stderr is a full pipe, writing blocks; without this thread, that would block the event loops.
final class LogWriter: TextOutputStream, Sendable {
    /// The most bytes of lines that wait to be written: about 2,000 lines.
    ///
    /// Further lines are dropped and counted.
    private static let limit = 256 << 10

    private struct State {
        var waiting = ""
        var droppedLines = 0
        var isWriting = false
    }

    /// Guards the waiting lines; never held while writing.
    private let state = Mutex(State())
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init() {
        self.thread.start()
    }

    /// Takes one line with its newline, and returns without waiting.
    func write(_ line: String) {
        // Text from outside must not forge a line.
        let line = "\(String(line.dropLast()).printable)\n"
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

    /// Waits until all lines are written, but at most 50 ms.
    func flush() {
        let written = DispatchSemaphore(value: 0)
        // The thread runs its jobs in order.
        self.thread.submit { _ in written.signal() }
        _ = written.wait(timeout: .now() + .milliseconds(50))
    }

    private func writeAll() {
        while let lines = self.next() {
            // If stderr fails, there is no other place to report that.
            _ = try? FileDescriptor.standardError.writeAll(lines.utf8)
        }
    }

    /// Takes the waiting lines, and a line about dropped ones; `nil` if there are none.
    private func next() -> String? {
        self.state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            defer { (state.waiting, state.droppedLines) = ("", 0) }
            guard state.droppedLines > 0 else { return state.waiting }
            return state.waiting
                + "server: \(state.droppedLines) log lines dropped: their reader was too slow\n"
        }
    }
}
