import PeerSupport
import ProgramOptions
import Subprocess
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SplitCommandLineTests {
    @Test(
        arguments: [
            ([], [], []),
            (["h", "1", "3", "-5", "7"], [], ["h", "1", "3", "-5", "7"]),
            (["h", "1", "3", "--reuse", "-5", "--timeout", "2"], ["--reuse", "--timeout=2"], ["h", "1", "3", "-5"]),
            (["--timeout", "2", "h", "1", "-5..7"], ["--timeout=2"], ["h", "1", "-5..7"]),
            (["--timeout", "-5", "h"], ["--timeout=-5"], ["h"]),
            (["--timeout=2", "h"], ["--timeout=2"], ["h"]),
            (["--timeout", "", "h"], ["--timeout="], ["h"]),
            (["h", "--timeout", "--reuse"], ["--timeout", "--reuse"], ["h"]),
            (["h", "--timeout"], ["--timeout"], ["h"]),
            (["h", "--timeout", "--", "5"], ["--timeout"], ["h", "5"]),
            (["h", "--", "--reuse", "-x", "--"], [], ["h", "--reuse", "-x", "--"]),
            (["-h", "-", "--resue", "-x", ""], ["-h", "--resue", "-x"], ["-", ""]),
            (["h", "-.5", "-5.", "-.", "-.x", "-inf", "--5"], ["-.", "-.x", "-inf", "--5"], ["h", "-.5", "-5."]),
            (["--timeout", "-.5", "h"], ["--timeout=-.5"], ["h"]),
            (
                ["--reuse", "1", "--timeout", "x", "--reuse", "-x", "--timeout=5", "--foo=1", "-x", "--foo=2"],
                ["--reuse", "--timeout=5", "-x", "--foo=2"], ["1"]
            ),
            (
                ["--timeout", "--timeout", "5", "--reuse=1", "--reuse"],
                ["--timeout", "--timeout=5", "--reuse=1", "--reuse"], []
            ),
        ] as [([String], [String], [String])]
    )
    func `options go with their values, and negative numbers with the other arguments`(
        arguments: [String],
        options: [String],
        positional: [String]
    ) {
        let split = SplitCommandLine(arguments, valueOptions: ["--timeout"])
        #expect(split.options == options)
        #expect(split.positional == positional)
    }

    @Test(
        arguments: [
            (Programs.client, ["h", "-80", "7"], "client: port -80 is out of range; use 1 to 65535"),
            (Programs.client, ["h", "80", "--retries", "-1"], "client: --retries -1 is out of range; use 0 to 1000"),
            (Programs.client, ["h", "80", "--timeout", "-1"], "client: The value '-1' is invalid for '--timeout"),
            (
                Programs.client, ["h", "80", "3", "--resue"],
                "client: Unknown option '--resue'. Did you mean '--reuse'?"
            ),
            (Programs.client, ["h", "80", "-x", "7"], "client: Unknown option '-x'"),
            (Programs.client, ["h", "80", "7", "--timeout"], "client: Missing value for '--timeout <timeout>'"),
            (Programs.client, ["--timeout"], "client: Missing value for '--timeout <timeout>'"),
            (Programs.client, [], "client: Missing expected argument '<host>'"),
            (Programs.client, ["h", "80", "--", ""], "client: an M is empty"),
            (Programs.client, ["h", "80", "# none\n \r\n"], "client: an M is empty"),
            (Programs.server, ["-1"], "server: port -1 is out of range"),
            (Programs.server, ["0", "--threads", "-1"], "server: --threads -1 is out of range"),
            (
                Programs.server, ["0", "--idle-timeout", "1e-300"],
                "server: --idle-timeout 1e-300 is too short; use 0.001 or more, or 0"
            ),
            (Programs.server, ["0", "--drain-timeout", "1e-400"], "server: --drain-timeout 1e-400 is too short"),
            (Programs.server, ["0", "--request-timeout", "1e-12"], "server: --request-timeout 1e-12 is too short"),
            (Programs.server, ["0", "--write-timeout", "0.0009"], "server: --write-timeout 0.0009 is too short"),
            (Programs.server, ["0", "--max-connection-age", "1e-9"], "server: --max-connection-age 1e-9 is too short"),
            (Programs.server, ["8080", "8081"], "server: Unexpected argument '8081'"),
        ]
    )
    func `a wrong command line is one line that names what is wrong`(
        program: Executable,
        arguments: [String],
        message: String
    ) async throws {
        let result = try await Programs.run(program, arguments)
        #expect(result.status == .exited(64))
        #expect(result.errors.hasPrefix(message), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [Programs.client, Programs.server])
    func `the parser's own options work anywhere`(program: Executable) async throws {
        for arguments in [["-h"], ["80", "--help"], ["help"], ["--generate-completion-script", "bash"]] {
            let result = try await Programs.run(program, arguments)
            #expect(result.status == .exited(0), "\(arguments)")
            #expect(!result.output.isEmpty)
            #expect(result.errors == "")
        }
    }
}
