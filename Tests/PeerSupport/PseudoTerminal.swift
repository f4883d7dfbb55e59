internal import Glibc
package import Subprocess
internal import Synchronization
internal import SystemPackage

/// A terminal at which a program of the tests runs, and the person before it.
package final class PseudoTerminal: Sendable {
    /// A terminal's settings, to be compared.
    package struct Settings: Equatable, Sendable, CustomStringConvertible {
        /// The modes of input, output, control and line, and the special characters.
        let values: [UInt32]

        /// Whether every key is given at once.
        package let isRaw: Bool

        package var description: String { "\(self.values)" }
    }

    /// What a program has left behind.
    package struct Ending: Sendable {
        package let status: TerminationStatus
        package let screen: TerminalScreen
        /// Whether the terminal is set as it was before the program.
        package let hasSettingsAsBefore: Bool
    }

    /// What is waited for has not come in time.
    package struct NotSeen: Error, CustomStringConvertible {
        package let description: String
    }

    /// No test waits longer for one thing.
    private static let patience = Duration.seconds(40)

    /// What `unlockpt` and `ptsname` do, which Swift does not see: `TIOCSPTLCK` and `TIOCGPTN`, of Linux's asm-generic/ioctls.h.
    private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

    /// The person's side, read only while something is waited for.
    private let master: FileDescriptor
    /// The program's side, held so that the settings outlive the program.
    private let slave: FileDescriptor
    private let slavePath: String
    private let state: Mutex<TerminalScreen>

    private init(columns: Int, rows: Int) throws {
        // The tests themselves must not take it for the terminal of their session.
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
        // Nobody wants what is left in them.
        try? self.master.close()
        try? self.slave.close()
    }

    /// Runs a program in a session of its own, whose terminal this is, while `body` sits before it.
    ///
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - columns: The screen's width.
    ///   - environment: Variables set beside those inherited; `nil` for one that is to be missing.
    ///   - body: Given the terminal, and what sends the program a signal. The program is killed if it throws.
    /// - Returns: How the program ended, and what it has left behind.
    /// - Throws: What starting it throws, or `body`.
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
            // The first terminal that a session's leader opens becomes the session's.
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

    // MARK: - The person

    /// Types, and looks at the screen meanwhile, for a program that cannot write does not read either.
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

    /// Waits until the screen is as expected.
    ///
    /// - Parameters:
    ///   - expectation: What is waited for, in words.
    ///   - isSeen: Whether it is on the screen.
    /// - Throws: ``NotSeen`` if it does not come.
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
                    throw NotSeen(description: "\(expectation) is not to be seen:\n\(self.screen)")
                }
            }
        }
    }

    /// Waits until the cursor's row is this, with `|` in the cursor's place.
    package func see(line: String) async throws {
        try await self.see("the line \(line)") { $0.currentLine == line }
    }

    /// Waits until a row holds a text.
    package func see(_ text: String) async throws {
        try await self.see(text) { screen in screen.lines.contains { $0.contains(text) } }
    }

    /// What was on the screen when it was last looked at.
    package var screen: TerminalScreen { self.state.withLock { $0 } }

    // MARK: - The terminal

    /// How the terminal is set now.
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

    /// Makes the screen wider or narrower.
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
        // Safe: the buffer is the array's own, and outlives the call. It fails when there is nothing more.
        while let count = unsafe try? piece.withUnsafeMutableBytes({ try unsafe self.master.read(into: $0) }), count > 0
        {
            screen.take(piece.prefix(count))
        }
    }

    /// Looks at the screen until a process has ended, for it cannot end while its output is not taken.
    private func look(until process: CInt) async throws {
        try await PeerThread.run {
            // The system's handle of the process becomes readable at its end.
            var files = [self.master.rawValue, process].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            while files[1].revents == 0 {
                // Safe: the array outlives the call.
                guard unsafe poll(&files, 2, CInt(Self.patience / .milliseconds(1))) != 0 else {
                    throw NotSeen(description: "the program does not end:\n\(self.screen)")
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
            throw NotSeen(description: "the program takes and gives nothing:\n\(self.screen)")
        }
    }
}
