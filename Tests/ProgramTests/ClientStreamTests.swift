import Glibc
import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The client program with all kinds of stdin and stdout.
@Suite(.sharedServer, .timeLimit(.minutes(2)))
struct ClientStreamTests {
    /// A shell command that runs the client with this stdin; every working one except `nothing` holds one line, `10`.
    enum Source: String, CaseIterable {
        case pipe = "printf '10\\n' | run"
        case file = "printf '10\\n' >\"$folder/in\"; run <\"$folder/in\""
        case terminal = "printf '10\\n\\004' | script -qec 'sh \"$folder/run\"' /dev/null >/dev/null"
        case nothing = "run </dev/null"
        case closed = "run <&-"
        case folder = "run </"

        var isEmpty: Bool { self == .nothing }
        var isBroken: Bool { self == .closed || self == .folder }
    }

    /// The shell's redirection of stdout.
    enum Target: String, CaseIterable {
        case file = ">\"$folder/out\""
        case pipe = "| cat >\"$folder/out\""
        case terminal = ""
        case nothing = ">/dev/null"
        case closed = ">&-"
        case full = ">/dev/full"
        case unread = "unread"

        var isBroken: Bool { self == .closed || self == .full }
        var isKept: Bool { self == .file || self == .pipe }
    }

    @Test(arguments: Source.allCases, Target.allCases)
    func `the client ends with the right exit code, whatever stdin and stdout are`(
        source: Source,
        target: Target
    ) async throws {
        // Which of the two errors the client meets first is not defined.
        if source.isBroken, target == .unread { return }
        try await TextFile.withTemporaryFolder { folder in
            // The exit code goes to a file, because a pipeline returns only that of its last command.
            let client = "\"$client\" 127.0.0.1 \(SharedServer.port) 2>\"$folder/errors\""
            let run: String
            switch target {
            case .unread:
                // The read end of the pipe is closed before the client starts.
                run =
                    "mkfifo \"$folder/gone\"; { exec 4<>\"$folder/gone\"; exec 5>\"$folder/gone\"; exec 4<&-; "
                    + "\(client) >&5 5>&-; echo $? >\"$folder/code\"; }"
            case .terminal:
                run =
                    source == .terminal
                    ? "\(client); echo $? >\"$folder/code\""
                    : "\(client) >/dev/ptmx; echo $? >\"$folder/code\""
            default:
                run = "{ \(client); echo $? >\"$folder/code\"; } \(target.rawValue)"
            }
            try TextFile.write("\(run)\n", to: folder.appending("run"))
            let shell = "run() { . \"$folder/run\"; }; \(source.rawValue)"
            _ = try await Programs.run(
                .name("sh"),
                ["-c", shell],
                environment: [
                    "folder": folder.string, "client": Programs.builtFolder.appending("client").string,
                ]
            )
            let code = try TextFile.read(folder.appending("code"))
            let errors = try TextFile.read(folder.appending("errors"))
            let fails = source.isBroken || target.isBroken && !source.isEmpty
            #expect(code == (fails ? "1\n" : "0\n"))
            #expect(errors.split(separator: "\n").count == (fails ? 1 : 0), "\(errors)")
            if target.isKept {
                #expect(try TextFile.read(folder.appending("out")) == (fails || source.isEmpty ? "" : "10\t29\n"))
            }
        }
    }

    @Test(arguments: [["--reuse"], []])
    func `the client ends quietly when its reader closes the pipe while stdin is silent`(options: [String]) async throws
    {
        let (readEnd, writeEnd) = try FileDescriptor.pipe()
        let result = try await Subprocess.run(
            Programs.client,
            arguments: Arguments(["127.0.0.1", "\(SharedServer.port)"] + options),
            input: .inputWriter,
            output: .fileDescriptor(writeEnd, closeAfterSpawningProcess: true),
            error: .string(limit: 4096)
        ) { execution in
            _ = try await execution.standardInputWriter.write("10\n")
            return try await PeerThread.run { [process = execution.processIdentifier.processDescriptor] in
                var byte: UInt8 = 0
                _ = unsafe try withUnsafeMutableBytes(of: &byte) { try unsafe readEnd.read(into: $0) }
                try readEnd.close()
                // stdin is still open and silent.
                let start = ContinuousClock.now
                var handle = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
                unsafe poll(&handle, 1, 20_000)
                return ContinuousClock.now - start
            }
        }
        #expect(result.terminationStatus == .exited(0))
        #expect(result.standardError == "")
        #expect(result.closureResult < .seconds(5))
    }

    @Test(arguments: [Signal.interrupt, .terminate, .terminalClosed])
    func `a signal ends a run as it ends any other filter`(signal: Signal) async throws {
        let result = try await Subprocess.run(
            Programs.client,
            arguments: ["127.0.0.1", "\(SharedServer.port)", "1..4294967295"],
            input: .none,
            output: .sequence,
            error: .string(limit: 4096)
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let first = try await lines.next()
            try execution.send(signal: signal)
            while try await lines.next() != nil {}
            return first
        }
        #expect(result.closureResult == "1\t2")
        // A shell reports these as 130, 143 and 129.
        #expect(result.terminationStatus == .signaled(signal.rawValue))
        #expect(result.standardError == "")
    }

    @Test(arguments: [Signal.interrupt, .terminate, .terminalClosed])
    func `a run that a signal ends sums up its failures first`(signal: Signal) async throws {
        let result = try await Subprocess.run(
            Programs.client,
            arguments: ["127.0.0.1", "\(SharedServer.port)"],
            input: .inputWriter,
            output: .sequence,
            error: .string(limit: 4096)
        ) { execution in
            _ = try await execution.standardInputWriter.write(String(repeating: "0\n", count: 100) + "1\n")
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let first = try await lines.next()
            #expect(first == "1\t2")
            try execution.send(signal: signal)
            while try await lines.next() != nil {}
        }
        #expect(result.terminationStatus == .signaled(signal.rawValue))
        let lines = result.standardError.split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines.last == "client: lines 6..100: 95 more out of range")
    }

    @Test
    func `a run whose reader has gone sums up its failures first`() async throws {
        let result = try await Subprocess.run(
            Programs.client,
            arguments: Arguments(
                ["127.0.0.1", "\(SharedServer.port)"] + repeatElement("0", count: 100) + ["1..4294967295"]
            ),
            input: .none,
            output: .sequence,
            error: .string(limit: 4096)
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let first = try await lines.next()
            #expect(first == "1\t2")
        }
        #expect(result.terminationStatus == .exited(0))
        #expect(result.standardError.hasSuffix("client: 95 more out of range\n"))
    }

    @Test(arguments: [(["--reuse"], " "), ([], "\n")])
    func `a long input takes no more than 64 MiB, also if it is one line`(
        options: [String],
        separator: String
    ) async throws {
        // Without --reuse the client reads at most 65,536 questions ahead; its buffer and the pipe hold about 22,000.
        let blocks = options.isEmpty ? 10 : 1000
        let block = (1...10_000).map { "\($0)\(separator)" }.joined()
        let result = try await Subprocess.run(
            Programs.client,
            arguments: Arguments(["127.0.0.1", "\(SharedServer.port)"] + options),
            input: .inputWriter,
            output: .sequence,
            error: .string(limit: 4096)
        ) { execution in
            let (input, process) = (execution.standardInputWriter, execution.processIdentifier.value)
            return try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask { try await Self.feed(input, repeatElement(block, count: blocks), process) }
                // The answers are not read until the client has stopped reading ahead.
                try await Self.untilItReadsNoMore(process)
                let count = try await Self.lineCount(of: execution.standardOutput)
                return (count, try await group.next() ?? .max)
            }
        }
        #expect(result.terminationStatus == .exited(0))
        #expect(result.closureResult.0 == blocks * 10_000)
        #expect(result.closureResult.1 <= 64 * 1024)
    }

    @Test
    func `an endless line takes no more than 64 MiB, and is one error line`() async throws {
        let result = try await Subprocess.run(
            Programs.client,
            arguments: ["127.0.0.1", "1"],
            input: .inputWriter,
            output: .discarded,
            error: .string(limit: 4096)
        ) { execution in
            let piece = String(repeating: "7", count: 1_000_000)
            return try await Self.feed(
                execution.standardInputWriter,
                repeatElement(piece, count: 200),
                execution.processIdentifier.value
            )
        }
        #expect(result.terminationStatus == .exited(1))
        #expect(result.closureResult <= 64 * 1024)
        #expect(result.standardError.split(separator: "\n").count == 1)
        #expect(result.standardError.contains("longer than 65536 bytes"))
    }

    private static func lineCount(of output: SubprocessOutputSequence) async throws -> Int {
        var count = 0
        for try await buffer in output {
            // Safe: the bytes do not outlive the call.
            count += unsafe buffer.withUnsafeBytes { unsafe $0.count { $0 == UInt8(ascii: "\n") } }
        }
        return count
    }

    /// Writes pieces of text, and measures the client while it waits for more.
    ///
    /// - Returns: The client's peak resident memory in KiB.
    private static func feed(
        _ input: StandardInputWriter,
        _ pieces: Repeated<String>,
        _ process: Int32
    ) async throws -> Int {
        for piece in pieces { _ = try await input.write(piece) }
        let peak = Result { try Self.peakKibibytes(of: process) }
        try await input.finish()
        return try peak.get()
    }

    private static func untilItReadsNoMore(_ process: Int32) async throws {
        var before = -1
        while case let byteCount = try Self.number("rchar:", in: "io", of: process), byteCount != before {
            before = byteCount
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    private static func peakKibibytes(of process: Int32) throws -> Int {
        try Self.number("VmHWM:", in: "status", of: process)
    }

    /// Returns a number from a file of a process in /proc.
    private static func number(_ name: String, in file: String, of process: Int32) throws -> Int {
        let text = try TextFile.read(FilePath("/proc/\(process)/\(file)"))
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name) })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }
}
