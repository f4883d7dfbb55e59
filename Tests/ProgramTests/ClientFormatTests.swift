import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The client program's output formats.
@Suite(.sharedServer, .timeLimit(.minutes(1)))
struct ClientFormatTests {
    @Test(arguments: [["--reuse"], []])
    func `--format value prints the prime alone`(options: [String]) async throws {
        let arguments = ["127.0.0.1", "\(SharedServer.port)", "1..4", "--format", "value"] + options
        let result = try await Programs.run(Programs.client, arguments)
        #expect(result.output == "2\n3\n5\n7\n")
    }

    @Test(arguments: [["--reuse"], []])
    func `--format json prints an object per line, for answers and for errors`(options: [String]) async throws {
        let result = try await Programs.run(
            Programs.client,
            ["127.0.0.1", "\(SharedServer.port)", "--format", "json"] + options,
            input: "1000000\n\"x\\\n"
        )
        #expect(result.status == .exited(1))
        let pattern = try Regex(#"\{"m":1000000,"prime":15485863,"microseconds":[0-9]+\}\n"#)
        #expect(result.output.wholeMatch(of: pattern) != nil)
        #expect(
            result.errors == """
                {"line":2,"value":"\\"x\\\\","message":"not a number; \
                M is a whole number from 1 to 4294967295"}

                """
        )
    }

    @Test
    func `a question without an answer is an object in JSON output`() async throws {
        let port = try await ServerProgramTests.unusedPort()
        let result = try await Programs.run(
            Programs.client,
            ["127.0.0.1", "\(port)", "7", "--format", "json", "--retries", "0"]
        )
        #expect(result.status == .exited(1))
        #expect(
            result.errors == """
                {"value":"7","message":"no server listens on 127.0.0.1, port \(port); is it running there?"}

                """
        )
    }

    /// Returns the terminal output of a run of 1.6 s; `script` makes stderr a terminal.
    private static func runAtTerminal(_ options: String, port: Int, columns: Int = 80) async throws -> String {
        let client = "'\(Programs.builtFolder.appending("client"))' 127.0.0.1 \(port)"
        let line = "stty cols \(columns); { echo 1; sleep 1.6; } | \(client) \(options)"
        let result = try await Programs.run(.name("script"), ["-qec", line, "/dev/null"])
        #expect(result.status == .exited(0))
        return result.output
    }

    @Test
    func `a long run shows its progress only on a terminal, and not with --quiet`() async throws {
        let port = SharedServer.port
        // All at once, because each takes 1.6 s.
        async let shown = Self.runAtTerminal(">/dev/null", port: port)
        async let narrow = Self.runAtTerminal(">/dev/null", port: port, columns: 8)
        async let quiet = Self.runAtTerminal(">/dev/null --quiet", port: port)
        async let file = Self.runAtTerminal(">/dev/null 2>/dev/null", port: port)
        async let pipe = Self.runAtTerminal("2>&1 | cat", port: port)
        #expect(try await shown.contains("1 done, 0/s"))
        #expect(try await narrow.contains("1 done,\r"))
        #expect(try await quiet == "")
        #expect(try await file == "")
        #expect(try await pipe == "1\t2\r\n")
    }

    @Test
    func `a retry is told at once at a terminal, and not with --quiet or in a pipe`() async throws {
        let port = try await ServerProgramTests.unusedPort()
        func run(_ options: String) async throws -> [Substring] {
            let client = "'\(Programs.clientPath)' 127.0.0.1 \(port) 7 --retries 1 \(options)"
            let result = try await Programs.run(.name("script"), ["-qec", client, "/dev/null"])
            #expect(result.status == .exited(1))
            return result.output.split(whereSeparator: \.isNewline)
        }
        let failure = "no server listens on 127.0.0.1, port \(port); is it running there?"
        #expect(try await run("") == ["client: trying again: \(failure)", "client: M = 7: \(failure)"])
        #expect(try await run("--quiet") == ["client: M = 7: \(failure)"])
        #expect(try await run("2>&1 | cat; exit 1") == ["client: M = 7: \(failure)"])
    }
}
