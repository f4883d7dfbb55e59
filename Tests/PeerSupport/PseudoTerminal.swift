internal import Glibc
package import Subprocess
internal import Synchronization
internal import SystemPackage

/// A pseudo-terminal that runs a program, with methods to type and to read the screen.
package final class PseudoTerminal: Sendable {
    /// A terminal's settings, for comparison.
    package struct Settings: Equatable, Sendable, CustomStringConvertible {
        /// The input, output, control and local modes, and the special characters.
        let values: [UInt32]

        /// Whether the terminal passes on each key at once instead of whole lines.
        package let isRaw: Bool

        package var description: String { "\(self.values)" }
    }

    /// The state after a program has ended.
    package struct Ending: Sendable {
        package let status: TerminationStatus
        package let screen: TerminalScreen
        /// Whether the terminal's settings are the same as before the program.
        package let hasSettingsAsBefore: Bool
    }

    /// An expectation that did not come true in time.
    package struct NotSeen: Error, CustomStringConvertible {
        package let description: String
    }

    /// The longest wait for one expectation.
    private static let patience = Duration.seconds(40)

    /// The requests behind `unlockpt` and `ptsname`, which Swift does not import.
    ///
    /// They are `TIOCSPTLCK` and `TIOCGPTN` of Linux's `asm-generic/ioctls.h`.
    private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

    /// The side of keyboard and screen; it is only read while the test waits for something.
    private let master: FileDescriptor
    /// The program's side; it stays open so that the settings outlive the program.
    private let slave: FileDescriptor
    private let slavePath: String
    private let state: Mutex<TerminalScreen>

    private init(columns: Int, rows: Int) throws {
        // It must not become the controlling terminal of the tests.
        let options = FileDescriptor.OpenOptions([.closeOnExec, .init(rawValue: O_NOCTTY)])
        self.master = try FileDescriptor.open("/dev/ptmx", .readWrite, options: options.union(.nonBlocking))
        var number: UInt32 = 0
        var isLocked: CInt = 0
        // Safe: both numbers outlive the calls.
        guard unsafe ioctl(self.master.rawValue, Self.setLock, &isLocked) == 0,
            unsafe ioctl(self.master.rawValue, Self.getNumber, &number) == 0
        else { throw Errno(rawValue: errno) }
        self.slavePath = "/dev/pts/\(number)"
        self.slave = try FileDescriptor.open(FilePath(self.slavePath), .readWrite, options: options)
        self.state = Mutex(TerminalScreen(columns: columns, rows: rows))
        try self.setSize(columns: columns, rows: rows)
    }

    deinit {
        // A failed close matters to no test.
        try? self.master.close()
        try? self.slave.close()
    }

    /// Runs a program in a session of its own with a new terminal, and `body` at the terminal's keyboard.
    ///
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - columns: The screen's width.
    ///   - environment: Variables to set in addition to the inherited ones; `nil` removes a variable.
    ///   - body: Receives the terminal, and a function that sends the program a signal. If `body` throws, the program is
    ///     killed.
    /// - Returns: The program's exit status, and the state of the terminal.
    /// - Throws: What starting the program or `body` throws.
    @discardableResult
    package static func with(
        _ command: [String],
        columns: Int = 80,
        environment: [Subprocess.Environment.Key: String?] = [:],
        _ body: @escaping @Sendable (PseudoTerminal, @Sendable (Signal) throws -> Void) async throws -> Void
    ) async throws -> Ending {
        let terminal = try PseudoTerminal(columns: columns, rows: 24)
        let settings = terminal.settings
        var options = PlatformOptions()
        options.createSession = true
        let variables: [Subprocess.Environment.Key: String?] = ["TERM": "xterm", "SWIFT_BACKTRACE": "enable=no"]
        let result = try await Subprocess.run(
            .name("sh"),
            // The first terminal that the session leader opens becomes the session's controlling terminal.
            arguments: Arguments(["-c", #"ulimit -c 0; exec "$@" <>"$0" >&0 2>&0"#, terminal.slavePath] + command),
            environment: .inherit.updating(variables.merging(environment) { $1 }),
            platformOptions: options,
            input: .none,
            output: .discarded,
            error: .discarded
        ) { execution in
            do {
                try await body(terminal) { try execution.send(signal: $0) }
                try await terminal.look(until: execution.processIdentifier.processDescriptor)
            } catch {
                try? execution.send(signal: .kill)
                throw error
            }
        }
        terminal.state.withLock { terminal.takeOutput(&$0) }
        return Ending(
            status: result.terminationStatus,
            screen: terminal.screen,
            hasSettingsAsBefore: terminal.settings == settings
        )
    }

    // MARK: - Keyboard and screen

    /// Types a text, and takes output meanwhile, because a program that is blocked on writing does not read.
    package func type(_ text: String) async throws {
        try await PeerThread.run {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                try self.wait(for: POLLIN | POLLOUT, until: .now + Self.patience)
                self.state.withLock { self.takeOutput(&$0) }
                // Safe: the buffer is the array's own, and outlives the call.
                let count = unsafe rest.prefix(4096).withUnsafeBytes {
                    unsafe Glibc.write(self.master.rawValue, $0.baseAddress, $0.count)
                }
                if count > 0 { rest.removeFirst(count) }
            }
        }
    }

    /// Waits until the screen shows what is expected.
    ///
    /// - Parameters:
    ///   - expectation: What is expected, for the error message.
    ///   - isSeen: Whether the screen shows it.
    /// - Throws: ``NotSeen`` if the screen does not show it in time.
    package func see(_ expectation: String, where isSeen: @escaping @Sendable (TerminalScreen) -> Bool) async throws {
        let deadline = ContinuousClock.now + Self.patience
        try await PeerThread.run {
            while true {
                let isThere = self.state.withLock { screen in
                    self.takeOutput(&screen)
                    return isSeen(screen)
                }
                if isThere { return }
                do {
                    try self.wait(for: POLLIN, until: deadline)
                } catch {
                    throw NotSeen(description: "the screen does not show \(expectation):\n\(self.screen)")
                }
            }
        }
    }

    /// Waits until the cursor's row is `line`, which has a `|` at the cursor.
    package func see(line: String) async throws {
        try await self.see("the line \(line)") { $0.currentLine == line }
    }

    /// Waits until a row contains a text.
    package func see(_ text: String) async throws {
        try await self.see(text) { screen in screen.lines.contains { $0.contains(text) } }
    }

    /// The screen after the last output that was taken.
    package var screen: TerminalScreen { self.state.withLock { $0 } }

    // MARK: - Settings and output

    /// The terminal's current settings.
    package var settings: Settings {
        var settings = termios()
        // Safe: the structure outlives the call, which fills it.
        guard unsafe tcgetattr(self.slave.rawValue, &settings) == 0 else { return Settings(values: [], isRaw: false) }
        let characters = unsafe withUnsafeBytes(of: settings.c_cc) { unsafe $0.map { UInt32($0) } }
        return Settings(
            values: [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag] + characters,
            isRaw: settings.c_lflag & tcflag_t(ICANON) == 0
        )
    }

    /// Changes the screen's width.
    package func resize(columns: Int) throws {
        try self.setSize(columns: columns, rows: 24)
        self.state.withLock { $0.resize(columns: columns) }
    }

    private func setSize(columns: Int, rows: Int) throws {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        // Safe: the structure outlives the call.
        guard unsafe ioctl(self.master.rawValue, UInt(TIOCSWINSZ), &size) == 0 else { throw Errno(rawValue: errno) }
    }

    private func takeOutput(_ screen: inout TerminalScreen) {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        // Safe: the buffer is the array's own, and outlives the call. The read fails when there is no more output.
        while let count = unsafe try? piece.withUnsafeMutableBytes({ try unsafe self.master.read(into: $0) }), count > 0
        {
            screen.take(piece.prefix(count))
        }
    }

    /// Takes output until the process has ended, because a process that is blocked on writing cannot end.
    private func look(until process: CInt) async throws {
        try await PeerThread.run {
            // The process descriptor becomes readable when the process ends.
            var files = [self.master.rawValue, process].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            while files[1].revents == 0 {
                // Safe: the array outlives the call.
                guard unsafe poll(&files, 2, CInt(Self.patience / .milliseconds(1))) != 0 else {
                    throw NotSeen(description: "the program did not end:\n\(self.screen)")
                }
                self.state.withLock { self.takeOutput(&$0) }
            }
        }
    }

    private func wait(for events: CInt, until deadline: ContinuousClock.Instant) throws {
        var file = pollfd(fd: self.master.rawValue, events: Int16(events), revents: 0)
        let left = (deadline - .now) / .milliseconds(1)
        // Safe: the structure outlives the call.
        guard left > 0, unsafe poll(&file, 1, CInt(left)) != 0 else {
            throw NotSeen(description: "the program neither reads nor writes:\n\(self.screen)")
        }
    }
}
