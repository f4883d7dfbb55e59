import NIOCore
import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The start of the server program, and how it ends if it cannot start.
@Suite(.timeLimit(.minutes(1)))
struct ServerStartTests {
    @Test
    func `a port in use is one line on stderr and exit code 1`() async throws {
        try await RunningServer.with { server in
            let result = try await Programs.run(Programs.server, ["\(server.port)", "--host", "127.0.0.1"])
            #expect(result.status == .exited(1))
            #expect(
                result.errors == """
                    server: port \(server.port) is in use: another program listens there; \
                    take another port, or 0 for any free one

                    """
            )
        }
    }

    /// The first port that needs no privileges; 0 if no port needs them.
    static let firstUnprivilegedPort: Int =
        (try? TextFile.read("/proc/sys/net/ipv4/ip_unprivileged_port_start")).flatMap { Int($0.dropLast()) } ?? 1024

    @Test(.enabled(if: firstUnprivilegedPort > 1, "no port needs privileges on this machine"))
    func `a port without the privilege for it is one line on stderr and exit code 1`() async throws {
        // This removes the privilege, also if root runs the tests.
        let result = try await Programs.run(
            .name("setpriv"),
            ["--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service", Programs.serverPath.string]
                + ["1", "--host", "127.0.0.1"]
        )
        #expect(result.status == .exited(1))
        #expect(
            result.errors == """
                server: port 1 is not permitted: ports below 1024 need privileges; take one from 1024 to 65535

                """
        )
    }

    @Test
    func `an address of another machine is one line on stderr and exit code 1`() async throws {
        // 192.0.2.0/24 is reserved for documentation: RFC 5737.
        let result = try await Programs.run(Programs.server, ["0", "--host", "192.0.2.1"])
        #expect(result.status == .exited(1))
        #expect(result.errors.hasPrefix("server: host 192.0.2.1 is not an address of this machine"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test
    func `words are taken in any case`() async throws {
        try await RunningServer.with(["--byte-order", "LITTLE", "--log-level", "Debug", "--memory", "1mib"]) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.send([1, 0, 0, 0])
                #expect(try await connection.answers(1) == [UInt64(2).byteSwapped])
            }
        }
    }

    @Test(arguments: 4...40)
    func `with few files the server serves, or says in one line how many it needs`(limit: Int) async throws {
        do {
            try await RunningServer.with(after: "ulimit -n \(limit)") { server in
                try await RawConnection.with(port: server.port) { connection in
                    try await connection.ask([1])
                    #expect(try await connection.answers(1) == [2])
                }
            }
        } catch let failure as NoServer {
            let expected =
                "server: only [0-9]+ more files may be open, but [0-9]+ are needed; raise the limit to [0-9]+ or more"
            #expect(failure.errors.count == 1)
            let line = try #require(failure.errors.first)
            // With five files, the system may not find all libraries.
            let isLoader = limit < 6 && line.contains("shared librar")
            #expect(try isLoader || line.prefixMatch(of: Regex(expected)) != nil, "\(line)")
            // Each event loop has three files.
            #expect(limit < 24 + 3 * System.coreCount)
        }
    }

    @Test
    func `the help lists the options, and how the environment names them`() async throws {
        let help = try await Programs.run(Programs.server, ["--help"])
        #expect(help.status == .exited(0))
        for option in [
            "--host", "--threads", "--memory", "--byte-order", "--drain-timeout", "--log-level", "--health-check",
        ] {
            #expect(help.output.contains(option))
        }
        #expect(help.output.contains("NTH_PRIME_LOG_LEVEL"))
    }

    @Test
    func `the health check succeeds if a server answers, and fails otherwise`() async throws {
        try await RunningServer.with { server in
            let healthy = try await Programs.run(
                Programs.server,
                ["\(server.port)", "--health-check", "--host", "127.0.0.1"]
            )
            #expect(healthy.status == .exited(0))
        }
        let port = try await ServerProgramTests.unusedPort()
        let result = try await Programs.run(Programs.server, ["\(port)", "--health-check", "--host", "127.0.0.1"])
        #expect(result.status == .exited(1))
        #expect(result.errors.hasPrefix("server: no server listens on 127.0.0.1, port \(port)"))
    }
}
