import PrimeConsole
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LineReaderTests {
    /// What the reader makes of a pipe through which these bytes come.
    private func lines(of text: String) async throws -> [String] {
        let (readEnd, writeEnd) = try FileDescriptor.pipe()
        defer { try? readEnd.close() }
        try writeEnd.closeAfter { _ = try writeEnd.writeAll(text.utf8) }
        var lines: [String] = []
        for try await line in LineReader(readEnd) { lines.append(line) }
        return lines
    }

    @Test(
        arguments: [
            ("", []), ("\n", [""]), ("1\n", ["1"]), ("1", ["1"]), ("1\n2", ["1", "2"]), ("1\n\n2\n", ["1", "", "2"]),
        ]
    )
    func `lines are told apart, the last one ended or not`(text: String, expected: [String]) async throws {
        #expect(try await self.lines(of: text) == expected)
    }

    @Test
    func `a line may be longer than what is read at once`() async throws {
        let long = String(repeating: "7", count: 60_000)
        let path = FilePath("/proc/self/environ")
        #expect(try await self.lines(of: long + "\n8\n") == [long, "8"])
        // A file is read to its end as a pipe is.
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        for try await _ in LineReader(file) {}
    }
}
