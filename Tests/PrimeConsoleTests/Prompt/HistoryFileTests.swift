import Glibc
import PeerSupport
import PrimeConsole
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HistoryFileTests {
    private func mode(of path: FilePath) throws -> mode_t {
        var status = stat()
        // Safe: the name and the structure outlive the call.
        guard unsafe path.withPlatformString({ unsafe stat($0, &status) }) == 0 else { throw Errno(rawValue: errno) }
        return status.st_mode & 0o777
    }

    @Test
    func `lines are kept for the next run, and only the user can read them`() async throws {
        try await TextFile.withTemporaryFolder { folder in
            let path = folder.appending("state/nth-prime/history")
            #expect(try HistoryFile(path).lines() == [])
            try HistoryFile(path).add(["1", "2"])
            try HistoryFile(path).add(["3"])
            #expect(try HistoryFile(path).lines() == ["1", "2", "3"])
            #expect(try TextFile.read(path) == "1\n2\n3\n")
            #expect(try self.mode(of: path) == 0o600)
            #expect(try self.mode(of: folder.appending("state/nth-prime")) == 0o700)
        }
    }

    @Test(arguments: ["fifo", "/", "/dev/zero"])
    func `a file that is not a regular one is an error, and does not block`(target: String) async throws {
        try await TextFile.withTemporaryFolder { folder in
            // Safe: the names outlive the calls.
            try #require(unsafe folder.appending("fifo").withPlatformString { unsafe mkfifo($0, 0o600) } == 0)
            let path = folder.appending("history")
            try #require(unsafe path.withPlatformString { unsafe symlink(target, $0) } == 0)
            let error = #expect(throws: (any Error).self) { try HistoryFile(path).lines() }
            #expect(error.map { "\($0)" } == "it is not a regular file")
            #expect(throws: (any Error).self) { try HistoryFile(path).add(["1"]) }
        }
    }

    @Test
    func `the file is never longer than the history`() async throws {
        try await TextFile.withTemporaryFolder { folder in
            let file = HistoryFile(folder.appending("history"))
            try file.add((1...1500).map { "line \($0)" })
            try file.add(["7"])
            #expect(try file.lines() == (502...1500).map { "line \($0)" } + ["7"])
            let text = try TextFile.read(folder.appending("history"))
            #expect(text.split(separator: "\n").count == 1000)
            #expect(text.hasSuffix("line 1500\n7\n"))
        }
    }

    @Test
    func `clients that write at the same time keep each other's lines`() async throws {
        try await TextFile.withTemporaryFolder { folder in
            let path = folder.appending("history")
            try await PeerThread.run(count: 4) { thread in
                for number in 0..<100 { try HistoryFile(path).add(["\(thread) \(number)"]) }
            }
            let lines = try HistoryFile(path).lines()
            #expect(lines.count == 400)
            for thread in 0..<4 {
                #expect(lines.filter { $0.hasPrefix("\(thread) ") } == (0..<100).map { "\(thread) \($0)" })
            }
        }
    }

    @Test
    func `a file with blank lines, escape codes or no newline at its end can be read and extended`() async throws {
        try await TextFile.withTemporaryFolder { folder in
            let path = folder.appending("history")
            try TextFile.write("1\n\n\u{1B}[2J\n3", to: path)
            let file = HistoryFile(path)
            #expect(try file.lines() == ["1", "\u{1B}[2J", "3"])
            try file.add(["4"])
            #expect(try file.lines() == ["1", "\u{1B}[2J", "3", "4"])
        }
    }
}
