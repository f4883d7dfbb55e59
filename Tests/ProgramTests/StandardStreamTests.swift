import Glibc
import PeerSupport
import Subprocess
import Synchronization
import SystemPackage
import Testing

/// Both programs with each of their standard streams of each kind.
@Suite(.sharedServer, .timeLimit(.minutes(2)))
struct StandardStreamTests {
    enum Stream: Int, CaseIterable {
        case input, output, errors
    }

    enum Kind: CaseIterable {
        /// A pipe to the test, which reads or writes everything.
        case ordinary
        case closed
        /// `/dev/full`: writing fails, and reading does not end.
        case full
        /// A file at its size limit: writing fails, by default with a signal.
        case limited
        /// A pipe that is non-blocking, and that is full or empty for a while.
        case nonBlocking
        /// A pipe whose other end is closed.
        case goneBefore
        /// A pipe whose other end the test closes in the middle.
        case goneDuring

        /// Whether the test gets all that the program writes.
        var isKept: Bool { self == .ordinary || self == .nonBlocking }
        /// Whether writing fails while there is a reader.
        var isBroken: Bool { self == .closed || self == .full || self == .limited }
    }

    // MARK: - The programs

    @Test(arguments: Stream.allCases, Kind.allCases)
    func `the client writes every answer, or tells that it did not`(stream: Stream, kind: Kind) async throws {
        let isEndless = stream == .input && kind == .full
        let entries = stream == .input && kind == .goneDuring ? 1...4 : isEndless ? 1...20 : 1...3000
        let words = entries.map { $0.isMultiple(of: 3) ? "x" : "\($0)" }
        let run = try await ProcessRun(
            Programs.builtFolder.appending("client"),
            ["127.0.0.1", "\(SharedServer.port)", "--reuse"] + (isEndless ? words : []),
            stream,
            kind,
            // Without a newline, so that the writer can leave within a line.
            input: words.joined(separator: "\n")
        )
        let errors = run.errors.split(separator: "\n")
        switch (stream, kind) {
        case (.input, .closed), (.input, .limited):
            #expect(run.status == .exited(1))
            #expect(run.output == "")
            #expect(errors == ["client: cannot read the input: Bad file descriptor"])
        case (.input, .goneBefore):
            #expect(run.status == .exited(0))
            #expect(run.output + run.errors == "")
        case (.output, .closed), (.output, .full), (.output, .limited):
            #expect(run.status == .exited(1))
            #expect(errors.count == 1)
            #expect(run.errors.hasPrefix("client: cannot write the output: "))
        case (.output, .goneBefore), (.output, .goneDuring):
            #expect(run.status == .exited(0))
        default:
            #expect(run.status == .exited(1))
            let answered = run.output.split(separator: "\n").compactMap { $0.split(separator: "\t").first }
            #expect(answered.map(String.init) == words.filter { $0 != "x" })
            let invalid = words.count { $0 == "x" }
            guard stream != .errors || kind.isKept else { return }
            #expect(errors.count == min(invalid, 6))
            if invalid > 5 { #expect(errors.last?.contains("\(invalid - 5) more") == true) }
        }
    }

    @Test(arguments: Stream.allCases, Kind.allCases)
    func `the server serves, and its log tells what stdout did not take`(stream: Stream, kind: Kind) async throws {
        let port = try await ServerProgramTests.unusedPort()
        let run = try await ProcessRun(
            Programs.serverPath,
            ["\(port)", "--host", "127.0.0.1", "--log-level", "debug"],
            stream,
            kind
        ) { log in
            try await Self.untilListening(port: port)
            try await PeerThread.run { for _ in 0..<100 { try PeerSocket(port: port).exchange(1) } }
            if stream != .errors || kind.isKept {
                // The first connection was a trial.
                try await log.until { $0.matches(of: /reason=peer .* closed\n/).count == 101 }
            }
            if stream == .output, kind != .goneDuring, !kind.isKept {
                try await log.until { $0.contains("line=listening on 127.0.0.1:\(port) [server] stdout failed") }
            }
        }
        #expect(run.status == .exited(0))
        if stream != .output || kind.isKept { #expect(run.output == "listening on 127.0.0.1:\(port)\n") }
        if stream != .output || kind.isKept || kind == .goneDuring { #expect(!run.errors.contains("stdout failed")) }
    }

    private static func untilListening(port: Int) async throws {
        for _ in 0..<1000 {
            if (try? await PeerThread.run { try PeerSocket(port: port).exchange(1) }) != nil { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// A limit of the file's size takes the place of a full disk.
    @Test
    func `the log continues where it stopped when stderr works again, and tells how many lines it dropped`()
        async throws
    {
        let connections = 2000
        try await RunningServer.with(["--log-level", "debug"], after: "ulimit -S -f 1") { server in
            try await PeerThread.run {
                for _ in 0..<connections { try PeerSocket(port: server.port).exchange(1) }
            }
            #expect(try server.log().joined(separator: "\n").utf8.count <= 512)
            let raised = try await Programs.run(
                .name("prlimit"),
                ["--pid", "\(server.process)", "--fsize=unlimited:unlimited"]
            )
            #expect(raised.status == .exited(0), "\(raised.errors)")
            try await PeerThread.run {
                var log: [String] = []
                var dropped = 0
                var extra = 0
                // Each connection has two lines.
                func told() -> Int { log.count { $0.hasSuffix("accepted") || $0.hasSuffix("closed") } + dropped }
                // Each connection makes the server try again.
                repeat {
                    try PeerSocket(port: server.port).exchange(1)
                    extra += 1
                    log = try server.log()
                    dropped = log.compactMap { $0.wholeMatch(of: /server: (\d+) log lines dropped: .*/) }
                        .reduce(0) { $0 + (Int($1.1) ?? 0) }
                } while extra < 1000 && told() < 2 * (connections + extra)
                #expect(dropped > 0)
                // A few lines about the start may be among the dropped ones.
                #expect((0...3).contains(told() - 2 * (connections + extra)))
                #expect(
                    log.allSatisfy { $0.wholeMatch(of: /20.* nth-prime.server: .*|server: \d+ log lines .*/) != nil }
                )
            }
        }
    }

    // MARK: - One text

    static let texts = [
        ("client", ["--help"]), ("client", ["--version"]), ("client", ["--generate-completion-script", "zsh"]),
        ("server", ["--help"]), ("server", ["--version"]), ("server", ["--generate-completion-script", "bash"]),
    ]

    @Test(arguments: Self.texts, Kind.allCases)
    func `a text is on stdout, or the exit code tells`(text: (String, [String]), kind: Kind) async throws {
        let program = Programs.builtFolder.appending(text.0)
        let run = try await ProcessRun(program, text.1, .output, kind)
        if kind.isBroken {
            #expect(run.status == .exited(1))
            #expect(run.errors.hasPrefix("\(text.0): cannot write the output: "))
            #expect(run.errors.split(separator: "\n").count == 1)
        } else {
            #expect(run.status == .exited(0))
            #expect(run.errors == "")
        }
        if kind.isKept {
            #expect(try await run.output == Programs.run(.path(program), text.1).output)
            #expect(run.output != "")
        }
    }

    static let errors: [(String, [String], Int32)] = [
        ("client", ["--nonsense"], 64), ("client", ["127.0.0.1", "1", "1", "--retries", "0"], 1),
        ("server", ["--nonsense"], 64), ("server", ["1", "--health-check", "--host", "127.0.0.1"], 1),
        ("server", ["0", "--host", "192.0.2.1"], 1),
    ]

    @Test(arguments: Self.errors, Kind.allCases)
    func `the exit code tells of an error, whatever stderr is`(
        error: (String, [String], Int32),
        kind: Kind
    ) async throws {
        let run = try await ProcessRun(Programs.builtFolder.appending(error.0), error.1, .errors, kind)
        #expect(run.status == .exited(error.2))
        if kind.isKept { #expect(run.errors.split(separator: "\n").count == 1) }
    }
}

/// A run of a program with one stream of some kind, and the others ordinary.
private struct ProcessRun {
    let status: TerminationStatus
    let output: String
    let errors: String

    /// What a stream has brought so far.
    final class Text: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        /// The text, without what filled the pipe before.
        var string: String { String(decoding: self.bytes.withLock { $0 }.drop { $0 == 0 }, as: UTF8.self) }

        /// Reads a pipe to its end; a reader that leaves reads once.
        func read(_ end: FileDescriptor?, _ kind: StandardStreamTests.Kind) throws {
            guard let end else { return }
            // The program meets the full pipe first.
            if kind == .nonBlocking { usleep(50_000) }
            try end.closeAfter {
                var piece = [UInt8](repeating: 0, count: 1024)
                while true {
                    // Safe: the buffer is the array's own, and outlives the call.
                    let count = unsafe try piece.withUnsafeMutableBytes { try unsafe end.read(into: $0) }
                    self.bytes.withLock { $0 += piece.prefix(count) }
                    if count == 0 || kind == .goneDuring { return }
                }
            }
        }

        /// Waits until the text meets a condition, but not for ever.
        func until(_ condition: (String) -> Bool) async throws {
            let start = ContinuousClock.now
            while !condition(self.string), .now - start < .seconds(10) { try await Task.sleep(for: .milliseconds(5)) }
            #expect(condition(self.string), "\(self.string)")
        }
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: The program's path.
    ///   - arguments: Its command line.
    ///   - stream: The stream that is of the kind.
    ///   - kind: The kind.
    ///   - input: What is written to stdin.
    ///   - serving: Runs meanwhile, with the text on stderr, if the program is a server; then SIGTERM ends the program.
    /// - Throws: What starting the program or `serving` throws.
    init(
        _ program: FilePath,
        _ arguments: [String],
        _ stream: StandardStreamTests.Stream,
        _ kind: StandardStreamTests.Kind,
        input: String = "",
        while serving: (@Sendable (Text) async throws -> Void)? = nil
    ) async throws {
        // If the program does not read its stdin to the end, the test must not end.
        signal(SIGPIPE, SIG_IGN)
        func ends(_ other: StandardStreamTests.Stream) throws -> (process: FileDescriptor, test: FileDescriptor?) {
            try Self.ends(other == stream ? kind : .ordinary, isInput: other == .input)
        }
        let (standardInput, standardOutput, standardErrors) = try (ends(.input), ends(.output), ends(.errors))
        let (preparation, redirection) =
            switch kind {
            case .closed: (":", "\(stream.rawValue)>&-")
            case .limited:
                (
                    "file=$(mktemp); exec 3>\"$file\"; rm \"$file\"; ulimit -f 0", "\(stream.rawValue)>&3 3>&-"
                )
            default: (":", "")
            }
        let (output, errors) = (Text(), Text())
        self.status = try await Subprocess.run(
            .name("sh"),
            arguments: Arguments(
                [
                    "-c", "\(preparation); exec env --default-signal=PIPE --default-signal=XFSZ \"$@\" \(redirection)",
                    "sh", program.string,
                ] + arguments
            ),
            input: .fileDescriptor(standardInput.process, closeAfterSpawningProcess: true),
            output: .fileDescriptor(standardOutput.process, closeAfterSpawningProcess: true),
            error: .fileDescriptor(standardErrors.process, closeAfterSpawningProcess: true)
        ) { execution in
            let (inputKind, outputKind, errorKind) = (
                stream == .input ? kind : .ordinary, stream == .output ? kind : .ordinary,
                stream == .errors ? kind : .ordinary
            )
            async let written: Void = PeerThread.run { try Self.write(input, to: standardInput.test, inputKind) }
            async let outputRead: Void = PeerThread.run { try output.read(standardOutput.test, outputKind) }
            async let errorsRead: Void = PeerThread.run { try errors.read(standardErrors.test, errorKind) }
            if let serving {
                do {
                    try await serving(errors)
                } catch {
                    // Otherwise the streams would not end.
                    try execution.send(signal: .kill)
                    throw error
                }
                try execution.send(signal: .terminate)
            }
            _ = try await (written, outputRead, errorsRead)
        }.terminationStatus
        (self.output, self.errors) = (output.string, errors.string)
    }

    /// `F_SETPIPE_SZ` of `fcntl`, which Swift's Glibc lacks.
    private static let setPipeSize: CInt = 1031

    /// Opens a stream.
    ///
    /// - Returns: The program's end, and the test's if it is a pipe.
    private static func ends(
        _ kind: StandardStreamTests.Kind,
        isInput: Bool
    ) throws -> (process: FileDescriptor, test: FileDescriptor?) {
        switch kind {
        case .closed, .limited:
            // The shell replaces it.
            return (try FileDescriptor.open(FilePath("/dev/null"), .readWrite), nil)
        case .full:
            return (try FileDescriptor.open(FilePath("/dev/full"), .readWrite), nil)
        case .ordinary, .nonBlocking, .goneBefore, .goneDuring:
            let (readEnd, writeEnd) = try FileDescriptor.pipe()
            let (process, test) = isInput ? (readEnd, writeEnd) : (writeEnd, readEnd)
            // The smallest size, so that the program cannot write everything before the reader leaves.
            _ = fcntl(process.rawValue, Self.setPipeSize, 4096)
            // The other end must not stay open in the program.
            _ = fcntl(test.rawValue, F_SETFD, FD_CLOEXEC)
            if kind == .goneBefore {
                try test.close()
                return (process, nil)
            }
            if kind == .nonBlocking {
                _ = fcntl(process.rawValue, F_SETFL, O_NONBLOCK)
                while !isInput, (try? process.writeAll([UInt8](repeating: 0, count: 4096))) != nil {}
            }
            return (process, test)
        }
    }

    private static func write(_ input: String, to end: FileDescriptor?, _ kind: StandardStreamTests.Kind) throws {
        // The program meets the empty pipe first.
        if kind == .nonBlocking { usleep(50_000) }
        // The program may end before it has read everything.
        _ = try? end?.writeAll(input.utf8)
        try end?.close()
    }
}
