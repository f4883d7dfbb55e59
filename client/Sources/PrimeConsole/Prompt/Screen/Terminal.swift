internal import Glibc
internal import NIOPosix
internal import SystemPackage
internal import TerminalGuard

/// The terminal of the process: stdin and stdout.
///
/// The one file of the prompt that knows the system.
struct Terminal: Sendable {
    /// What has come from the terminal.
    enum Input: Sendable {
        case bytes([UInt8])
        /// The process was stopped, and is before the person again.
        case resumed
        /// The screen has become wider or narrower.
        case resized
        /// Nobody is there any more, or plain lines have come to their end.
        case ended
    }

    /// How the terminal gives what is typed.
    enum Mode {
        /// Every key at once, and not shown.
        case raw
        /// Lines, edited and shown by the system.
        case canonical
    }

    private static let (stopReading, resizing) = (UInt8(ascii: "s"), UInt8(ascii: "w"))

    private let output = TextOutput(.standardOutput)
    private let wakes: FileDescriptor
    private let waker: FileDescriptor
    /// There to be blocked, and by nothing else: on a machine of one core, NIO's shared pool is a single thread.
    private let readingThread: NIOThreadPool

    /// Sets the terminal to a mode while `body` runs; whatever ends the process meanwhile, the settings are as before.
    ///
    /// - Throws: `Errno` if it cannot be set, or what `body` throws.
    static func with<Result>(_ mode: Mode, _ body: (Terminal) async throws -> Result) async throws -> Result {
        let (wakes, waker) = try FileDescriptor.pipe()
        defer {
            // Only this process has had them, and nothing is in them that anybody wants.
            try? wakes.close()
            try? waker.close()
        }
        if mode == .raw {
            let error = terminal_guard_begin(STDIN_FILENO, waker.rawValue)
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

    /// Writes a text, waiting while the terminal is slow.
    func write(_ text: String) throws { try self.output.write(text) }

    /// The screen's width at this moment.
    var columns: Int { self.output.columns }

    /// Stops the process and all that were started with it, as Ctrl-Z does where the system reads the keys.
    ///
    /// - Returns: Whether it can be stopped; not if it was started so that it ignores the signal.
    func suspend() -> Bool {
        guard terminal_guard_stops() != 0 else { return false }
        kill(0, SIGTSTP)
        return true
    }

    // MARK: - Reading

    /// Waits for what is typed.
    ///
    /// - Returns: `nil` after ``endReading()``.
    func next() async throws -> Input? {
        try await self.readingThread.runIfActive { try self.read() }
    }

    /// Lets go who waits for input.
    func endReading() throws { _ = try self.waker.writeAll([Self.stopReading]) }

    private func read() throws -> Input? {
        while true {
            var files = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: self.wakes.rawValue, events: Int16(POLLIN), revents: 0),
            ]
            // Safe: the array outlives the call.
            guard unsafe poll(&files, nfds_t(files.count), -1) >= 0 else { continue }
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
