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
