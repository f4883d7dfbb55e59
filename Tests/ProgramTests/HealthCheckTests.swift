import PeerSupport
import Subprocess
import SystemPackage
import Testing

private let mayMakeNamespaces =
    (try? TextFile.read("/proc/sys/user/max_pid_namespaces")).map { $0 != "0\n" } ?? false

/// The health check without a port, which asks the first process of a container.
///
/// A process namespace stands for the container; some machines do not allow it.
@Suite(.timeLimit(.minutes(1)), .enabled(if: mayMakeNamespaces))
struct HealthCheckTests {
    private static let namespace = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]

    /// Runs a command as the first process, and next to it the health check until it succeeds, which ends the command.
    ///
    /// - Returns: What the health check writes: "healthy", or its last error.
    private static func check(
        _ command: [String],
        environment: [Environment.Key: String] = [:]
    ) async throws -> String {
        // Until the server listens, the check fails.
        let script = """
            (for _ in {1..50}; do
               errors=$("$server" --health-check 2>&1) && errors=healthy && break
               sleep 0.1
             done
             echo "$errors"; kill -TERM 1) &
            exec "$@" >/dev/null 2>&1
            """
        let result = try await Programs.run(
            .name("unshare"),
            Self.namespace + ["bash", "-c", script, "bash"] + command,
            environment: environment.merging(["server": Programs.serverPath.string]) { $1 }
        )
        #expect(result.errors == "")
        return result.output
    }

    @Test(
        arguments: [
            ([], [:]), (["--byte-order", "little"], [:]), (["--byte-order=LITTLE", "--memory", "0"], [:]),
            (["--host", "127.0.0.2"], [:]), (["--host", "localhost"], [:]), (["--host", "0.0.0.0"], [:]),
            ([], ["NTH_PRIME_BYTE_ORDER": "little"]), ([], ["NTH_PRIME_HOST": "127.0.0.2"]),
            // Kubernetes sets this one for a service of that name.
            ([], ["NTH_PRIME_PORT": "tcp://10.0.0.1:8080", "NTH_PRIME_BYTE_ORDER": ""]),
        ] as [([String], [Environment.Key: String])]
    )
    func `it asks where and how the server was told to listen`(
        options: [String],
        environment: [Environment.Key: String]
    ) async throws {
        let port = try await ServerProgramTests.unusedPort()
        let command = [Programs.serverPath.string, "\(port)"] + options
        #expect(try await Self.check(command, environment: environment) == "healthy\n")
    }

    @Test
    func `an init program may come before the server`() async throws {
        let port = try await ServerProgramTests.unusedPort()
        // This shell stays the first process, and passes SIGTERM on.
        let initProgram = "trap 'kill $!' TERM; \"$@\" & wait; wait"
        let command = ["bash", "-c", initProgram, "init", "--", Programs.serverPath.string, "\(port)"]
        #expect(try await Self.check(command.filter { $0 != "--" }) == "healthy\n")
    }

    @Test(
        arguments: [
            (
                ["timeout", "60", "sleep", "60"],
                "server: the first process does not tell the port of a server: timeout"
            ),
            ([Programs.serverPath.string, "0"], "server: the first process does not tell the port of a server: "),
        ]
    )
    func `if the port cannot be known, it says so`(command: [String], message: String) async throws {
        #expect(try await Self.check(command).hasPrefix(message))
    }
}
