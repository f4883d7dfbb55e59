import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// `scripts/run`, by which `make run` starts both programs.
@Suite(.timeLimit(.minutes(1)))
struct RunScriptTests {
    static func run(
        port: String,
        environment: [Environment.Key: String] = [:]
    ) async throws -> (status: TerminationStatus, output: String, errors: String) {
        try await Programs.run(
            .path(Programs.repository.appending("scripts/run")),
            [Programs.serverPath.string, Programs.clientPath.string, port],
            input: "1\n",
            environment: environment
        )
    }

    @Test
    func `the server's start is all that is printed besides the answers`() async throws {
        let result = try await Self.run(port: "0")
        #expect(result.status == .exited(0))
        #expect(result.output == "1\t2\n")
        #expect(result.errors.wholeMatch(of: /server: listening on \[::\]:[0-9]+\n/) != nil)
    }

    @Test
    func `the level of the log can be set`() async throws {
        let result = try await Self.run(port: "0", environment: ["NTH_PRIME_LOG_LEVEL": "info"])
        #expect(result.errors.contains("stopped"))
    }

    @Test
    func `a port in use is reported, with another to try`() async throws {
        try await RunningServer.with { server in
            let result = try await Self.run(port: "\(server.port)")
            #expect(result.status == .exited(1))
            #expect(result.output.isEmpty)
            #expect(result.errors.hasSuffix("run: the server did not start; to use a free port: make run PORT=0\n"))
        }
    }
}
