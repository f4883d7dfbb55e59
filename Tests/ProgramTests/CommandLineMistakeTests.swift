import PeerSupport
import Subprocess
import Testing

/// Wrong command lines and their messages: what was seen, what is wrong, and what would be right.
@Suite(.timeLimit(.minutes(1)))
struct CommandLineMistakeTests {
    @Test(
        arguments: [
            ([], "the host and the port are missing; use client localhost 8080"),
            (["localhost"], "the port is missing; use client localhost 8080"),
            (["::1"], "the port is missing; use client ::1 8080"),
            (["8080"], "the host is missing; use client localhost 8080"),
            (["8080", "7"], "the host is missing; use client localhost 8080"),
            (["8080", "localhost"], "the host comes before the port; use client localhost 8080"),
            (["http://localhost", "80"], "host http://localhost is a URL; use client localhost 80"),
            (["http://localhost:80/x", "7"], "host http://localhost:80/x is a URL; use client localhost 80"),
            (["localhost:80"], "host localhost:80 has a port; use client localhost 80"),
            (["localhost:80", "7"], "host localhost:80 has a port; use client localhost 80"),
            (["[::1]:80", "7"], "host [::1]:80 has a port; use client ::1 80"),
            ([":80"], "host :80 has a port; use client localhost 80"),
            (["[::1", "80"], "host [::1 is not a name or an address; use client ::1 80"),
            (["[[::1]]", "80"], "host [[::1]] is not a name or an address; use client ::1 80"),
            (["::1]", "80"], "host ::1] is not a name or an address; use client ::1 80"),
            (["localhost:", "80"], "host localhost: is not a name or an address; use client localhost 80"),
            (["localhost:http", "80"], "host localhost:http is not a name or an address; use client localhost 80"),
            (["localhost/", "80"], "host localhost/ is not a name or an address; use client localhost 80"),
            (["[]", "80"], "host [] is not a name or an address; use client localhost 80"),
            (["", "80"], "the host is empty; use client localhost 80"),
            (["localhost", "http"], "port http is not valid; use 1 to 65535"),
            (["localhost", "0"], "port 0 is not valid; use 1 to 65535"),
            (["localhost", "-80", "7"], "port -80 is not valid; use 1 to 65535"),
            (["localhost", "65536"], "port 65536 is not valid; use 1 to 65535"),
            (["localhost", "80", "7", ""], "an M is empty; use a whole number from 1 to 4294967295"),
            (["localhost", "80", "--", ""], "an M is empty; use a whole number from 1 to 4294967295"),
            (["localhost", "80", "# none\n \r\n"], "an M is empty; use a whole number from 1 to 4294967295"),
            (["localhost", "80", "--concurrency", "0"], "--concurrency 0 is not valid; use 1 to 10000"),
            (["localhost", "80", "--concurrency", "many"], "--concurrency many is not valid; use 1 to 10000"),
            (["localhost", "80", "--retries", "-1"], "--retries -1 is not valid; use 0 to 1000"),
            (
                ["localhost", "80", "--timeout", "5s"],
                "--timeout 5s is not valid; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (
                ["localhost", "80", "--timeout", "-1"],
                "--timeout -1 is not valid; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (
                ["localhost", "80", "--timeout", "1e-300"],
                "--timeout 1e-300 is not valid; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (
                ["localhost", "80", "--timeout"],
                "--timeout has no value; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (
                ["localhost", "80", "--timeout", "--reuse"],
                "--timeout has no value; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (["localhost", "80", "--format", "xml"], "--format xml is not valid; use tsv, json or value"),
            (["localhost", "80", "--byte-order", "middle"], "--byte-order middle is not valid; use big or little"),
            (["localhost", "80", "--color", "blue"], "--color blue is not valid; use auto, always or never"),
            (["localhost", "80", "--format", "--format <format>"], "--format has no value; use tsv, json or value"),
            (["localhost", "80", "--reuse=yes"], "--reuse takes no value; write --reuse alone"),
            (["localhost", "80", "--retry", "3"], "--retry is not an option; did you mean --retries?"),
            (["localhost", "80", "--resue"], "--resue is not an option; did you mean --reuse?"),
            (["localhost", "80", "--concurency", "3"], "--concurency is not an option; did you mean --concurrency?"),
            (["localhost", "80", "--conc", "3"], "--conc is not an option; did you mean --concurrency?"),
            (["--helpp"], "--helpp is not an option; did you mean --help?"),
            (
                ["--generate-completion-script", "tcsh"],
                "--generate-completion-script=tcsh is not valid; use one of bash, fish, zsh"
            ),
            (["localhost", "80", "--=5"], "-- is not an option; see client --help"),
            (["localhost", "80", "--Timeout", "3"], "--Timeout is not an option; did you mean --timeout?"),
            (["localhost", "80", "--x", "3"], "--x is not an option; see client --help"),
            (["localhost", "80", "-x", "3"], "-x is not an option; see client --help"),
        ]
    )
    func `a wrong command line of the client is one line that says what is right`(
        arguments: [String],
        message: String
    ) async throws {
        try await Self.expect(Programs.client, arguments, "client: \(message)\n")
    }

    @Test(
        arguments: [
            ([], "the port is missing; use 1 to 65535, or 0 for any free one"),
            (["http"], "port http is not valid; use 1 to 65535, or 0 for any free one"),
            (["65536"], "port 65536 is not valid; use 1 to 65535, or 0 for any free one"),
            (["-1"], "port -1 is not valid; use 1 to 65535, or 0 for any free one"),
            (["8080", "8081"], "8081 is a second port; use server 8080"),
            (["localhost", "8080"], "the host is an option; use server 8080 --host localhost"),
            (["8080", "localhost"], "the host is an option; use server 8080 --host localhost"),
            (["127.0.0.1:8080"], "the host is an option; use server 8080 --host 127.0.0.1"),
            (["[::1]:8080"], "the host is an option; use server 8080 --host [::1]"),
            (["0", "--health-check"], "--health-check needs the port of a running server; use 1 to 65535"),
            (["0", "--host", ""], "--host has no value; use a name or an address, without a port"),
            (
                ["0", "--host", "localhost:80"],
                "--host localhost:80 is not valid; use a name or an address, without a port"
            ),
            (["0", "--threads", "0"], "--threads 0 is not valid; use 1 to 1024"),
            (["0", "--threads", "-1"], "--threads -1 is not valid; use 1 to 1024"),
            (
                ["0", "--memory", "64MB"],
                "--memory 64MB is not valid; use 0, a size such as 64MiB, a share such as 50%, or all"
            ),
            (
                ["0", "--memory", "101%"],
                "--memory 101% is not valid; use 0, a size such as 64MiB, a share such as 50%, or all"
            ),
            (
                ["0", "--memory=-1"],
                "--memory -1 is not valid; use 0, a size such as 64MiB, a share such as 50%, or all"
            ),
            (
                ["0", "--memory", "9999999999GiB"],
                "--memory 9999999999GiB is not valid; use 0, a size such as 64MiB, a share such as 50%, or all"
            ),
            (["0", "--max-connections", "0"], "--max-connections 0 is not valid; use 1 to 1000000"),
            (
                ["0", "--idle-timeout", "1h"],
                "--idle-timeout 1h is not valid; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (
                ["0", "--drain-timeout", "1e-400"],
                "--drain-timeout 1e-400 is not valid; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (
                ["0", "--request-timeout", "1e-12"],
                "--request-timeout 1e-12 is not valid; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (
                ["0", "--write-timeout", "0.0009"],
                "--write-timeout 0.0009 is not valid; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (
                ["0", "--max-connection-age", "1e-9"],
                "--max-connection-age 1e-9 is not valid; use seconds such as 2.5, at least 0.001, or 0"
            ),
            (
                ["0", "--log-level", "loud"],
                "--log-level loud is not valid; use trace, debug, info, notice, warning, error or critical"
            ),
            (["--hel"], "--hel is not an option; did you mean --help?"),
            (["0", "--thread", "5"], "--thread is not an option; did you mean --threads?"),
            (["0", "--nonsense"], "--nonsense is not an option; see server --help"),
        ]
    )
    func `a wrong command line of the server is one line that says what is right`(
        arguments: [String],
        message: String
    ) async throws {
        try await Self.expect(Programs.server, arguments, "server: \(message)\n")
    }

    @Test(
        arguments: [
            ("NTH_PRIME_THREADS", "many", "use 1 to 1024"), ("NTH_PRIME_THREADS", "0", "use 1 to 1024"),
            ("NTH_PRIME_MEMORY", "-1", "use 0, a size such as 64MiB, a share such as 50%, or all"),
            ("NTH_PRIME_MEMORY", "--memory <memory>", "use 0, a size such as 64MiB, a share such as 50%, or all"),
            ("NTH_PRIME_MAX_CONNECTION_AGE", "?", "use seconds such as 2.5, at least 0.001, or 0"),
            ("NTH_PRIME_BYTE_ORDER", "middle", "use big or little"),
            ("NTH_PRIME_MAX_CONNECTIONS", "0", "use 1 to 1000000"),
            ("NTH_PRIME_HOST", "http://localhost", "use a name or an address, without a port"),
        ]
    )
    func `a wrong value in the environment names its variable`(
        name: String,
        value: String,
        advice: String
    ) async throws {
        let environment = [Environment.Key(stringLiteral: name): value]
        try await Self.expect(Programs.server, ["0"], "server: \(name) \(value) is not valid; \(advice)\n", environment)
    }

    private static func expect(
        _ program: Executable,
        _ arguments: [String],
        _ errors: String,
        _ environment: [Environment.Key: String] = [:]
    ) async throws {
        let result = try await Programs.run(program, arguments, environment: environment)
        #expect(result.status == .exited(64))
        #expect(result.output == "")
        #expect(result.errors == errors)
    }
}
