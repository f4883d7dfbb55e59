import Dispatch
import NIOPosix
import ProgramOptions
import Synchronization
import SystemPackage

/// An output stream that writes log lines to stderr on its own thread, so that the server never waits for their reader.
///
/// If stderr is a full pipe, writing blocks; without this thread, that would block the event loops. If stderr fails, for
/// example because a disk is full, the lines wait until it works again.
final class LogWriter: TextOutputStream, Sendable {
    /// The most bytes of lines that wait to be written: about 2,000 lines.
    ///
    /// Further lines are dropped and counted.
    private static let limit = 256 << 10

    private struct State {
        /// What stderr did not take.
        var unwritten: ArraySlice<UInt8> = []
        /// The lines after that.
        var waiting: [UInt8] = []
        /// The number of lines dropped after the waiting ones.
        var droppedLines = 0
        var isWriting = false

        /// Replaces the number of dropped lines by a line about them.
        mutating func reportDroppedLines() {
            guard self.droppedLines > 0 else { return }
            self.waiting += "server: \(self.droppedLines) log lines dropped: stderr did not take them in time\n".utf8
            self.droppedLines = 0
        }
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
            if state.unwritten.count + state.waiting.count + line.utf8.count <= Self.limit {
                state.reportDroppedLines()
                state.waiting += line.utf8
            } else {
                state.droppedLines += 1
            }
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { self.thread.submit { _ in self.writeAll() } }
    }

    /// Waits until all lines are written, but at most 50 ms.
    func flush() {
        let written = DispatchSemaphore(value: 0)
        self.thread.submit { _ in
            self.writeAll()
            written.signal()
        }
        _ = written.wait(timeout: .now() + .milliseconds(50))
    }

    private func writeAll() {
        while var text = self.next() {
            do {
                try TextOutput(.standardError).write(&text)
            } catch {
                // There is no other place to report that. The next line tries again.
                self.state.withLock { ($0.unwritten, $0.isWriting) = (text, false) }
                return
            }
        }
    }

    /// Takes what is to be written next; `nil` if there is nothing.
    private func next() -> ArraySlice<UInt8>? {
        self.state.withLock { state in
            if state.unwritten.isEmpty {
                state.reportDroppedLines()
                (state.unwritten, state.waiting) = (state.waiting[...], [])
            }
            state.isWriting = !state.unwritten.isEmpty
            defer { state.unwritten = [] }
            return state.isWriting ? state.unwritten : nil
        }
    }
}
