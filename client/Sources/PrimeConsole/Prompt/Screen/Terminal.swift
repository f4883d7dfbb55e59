internal import Glibc
internal import NIOPosix
internal import ProgramOptions
internal import SystemPackage
internal import TerminalGuard

/// The terminal of the process, stdin and stdout: its mode, its input and its size.
struct Terminal: Sendable {
    /// An input of the terminal.
    enum Input: Sendable {
        case bytes([UInt8])
        /// Nothing has come for a while.
        case silence(KeyDecoder.Silence)
        /// The process was stopped, and is in the foreground again.
        case resumed
        /// The screen has another size.
        case resized
        /// The terminal is closed, or canonical input has ended.
        case ended
    }

    /// The mode of the terminal's input.
    enum Mode {
        /// Each key at once, not echoed.
        case raw
        /// Whole lines, edited and echoed by the system.
        case canonical
    }

    private static let (stopReading, resizing) = (UInt8(ascii: "s"), UInt8(ascii: "w"))

    private let output = TextOutput(.standardOutput)
    private let wakes: FileDescriptor
    private let waker: FileDescriptor
    /// A thread of its own to block in `poll`, because on one core NIO's shared pool is a single thread.
    private let readingThread: NIOThreadPool

    /// Sets the terminal to a mode while `body` runs, and restores it after that, or when a signal ends the process.
    ///
    /// - Throws: `Errno` if the mode cannot be set; any error of `body`.
    static func with<Result>(_ mode: Mode, _ body: (Terminal) async throws -> Result) async throws -> Result {
        let (wakes, waker) = try FileDescriptor.pipe()
        defer {
            // No data can be lost.
            try? wakes.close()
            try? waker.close()
        }
        if mode == .raw {
            let error = terminal_guard_begin(STDIN_FILENO, STDOUT_FILENO, waker.rawValue)
            guard error == 0 else { throw Errno(rawValue: error) }
        }
        defer { if mode == .raw { terminal_guard_end() } }
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        let terminal = Terminal(wakes: wakes, waker: waker, readingThread: thread)
        do {
            let result = try await body(terminal)
            try await thread.shutdownGracefully()
            return result
        } catch {
            try? await thread.shutdownGracefully()
            throw error
        }
    }

    /// Writes a text; blocks while the terminal is slow.
    func write(_ text: String) throws { try self.output.write(text) }

    /// The screen's width now.
    var columns: Int { self.output.columns }

    /// Stops the process group, as Ctrl-Z does in canonical mode.
    ///
    /// - Returns: `false` if the process was started with SIGTSTP ignored, and so does not stop.
    func suspend() -> Bool {
        guard terminal_guard_stops() != 0 else { return false }
        kill(0, SIGTSTP)
        return true
    }

    // MARK: - Reading

    /// Waits for input.
    ///
    /// - Parameter silence: The silence to report if nothing comes; `nil` to wait without limit.
    /// - Returns: `nil` after ``endReading()``.
    /// - Throws: `Errno` if reading fails.
    func next(orAfter silence: KeyDecoder.Silence?) async throws -> Input? {
        try await self.readingThread.runIfActive { try self.read(orAfter: silence) }
    }

    /// Wakes the thread that waits in ``next(orAfter:)``.
    func endReading() throws { _ = try self.waker.writeAll([Self.stopReading]) }

    private func read(orAfter silence: KeyDecoder.Silence?) throws -> Input? {
        let limit = silence.map { CInt($0.duration / .milliseconds(1)) } ?? -1
        while true {
            var files = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: self.wakes.rawValue, events: Int16(POLLIN), revents: 0),
            ]
            // Safe: the array outlives the call.
            let count = unsafe poll(&files, nfds_t(files.count), limit)
            guard count >= 0 else { continue }
            if count == 0, let silence { return .silence(silence) }
            if files[1].revents != 0 {
                switch try self.wakes.readAvailable(1)?.first {
                case Self.stopReading: return nil
                case Self.resizing: return .resized
                default: return .resumed
                }
            }
            do {
                guard let bytes = try FileDescriptor.standardInput.readAvailable() else { continue }
                return bytes.isEmpty ? .ended : .bytes(bytes)
            } catch Errno.ioError {
                return .ended
            }
        }
    }
}
