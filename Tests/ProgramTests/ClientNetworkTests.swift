import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The client program on a network or a machine with faults and shortages.
@Suite(.sharedServer, .timeLimit(.minutes(1)))
struct ClientNetworkTests {
    /// Returns whether a process may have its own network and mount namespaces.
    @Sendable
    private static func hasNamespaces() async -> Bool {
        (try? await Programs.run(.name("unshare"), ["-rmn", "true"]).status) == .exited(0)
    }

    /// The client's output for 1, 2, 3 and so on.
    private static let lines = PrimeRule.primes(1000).enumerated().map { "\($0.offset + 1)\t\($0.element)\n" }

    /// Runs the client from a shell, and checks that it prints the first primes.
    ///
    /// - Parameters:
    ///   - count: The number of primes, up to 1,000.
    ///   - host: The server's host.
    ///   - port: The server's port.
    ///   - preparation: A shell command that runs before the client.
    ///   - options: The client's options.
    ///   - environment: Variables for the shell.
    ///   - shell: The command that starts the shell.
    ///   - errors: What the client writes to stderr.
    /// - Throws: What starting the shell throws.
    private static func ask(
        _ count: Int = 1000,
        of host: String,
        _ port: Int,
        after preparation: String,
        _ options: [String],
        environment: [Environment.Key: String] = [:],
        in shell: [String] = ["sh"],
        errors: String = ""
    ) async throws {
        let client = Programs.builtFolder.appending("client").string
        let result = try await Programs.run(
            .name(shell[0]),
            shell.dropFirst() + ["-ec", "\(preparation); \"$@\"", "sh", client, host, "\(port)", "1..\(count)"]
                + options,
            environment: environment
        )
        #expect(result.status == .exited(0))
        #expect(result.errors == errors)
        #expect(result.output == Self.lines.prefix(count).joined())
    }

    // MARK: - Names

    /// Asks a server by a name that resolves to several addresses.
    private static func ask(_ addresses: [String], _ port: Int, _ options: [String]) async throws {
        try await TextFile.withTemporaryFolder { folder in
            let hosts = folder.appending("hosts")
            try TextFile.write(addresses.map { "\($0) primes.test\n" }.joined(), to: hosts)
            try await Self.ask(
                of: "primes.test",
                port,
                after: "mount --bind \"$hosts\" /etc/hosts",
                options,
                environment: ["hosts": hosts.string],
                in: ["unshare", "-rm", "sh"]
            )
        }
    }

    @Test(.enabled("namespaces are not allowed here", hasNamespaces), arguments: [(["--reuse"], 0), ([], 450)])
    func `all addresses of a name are used, except those that refuse connections`(
        options: [String],
        // With --reuse one connection may answer all thousand questions.
        share: Int
    ) async throws {
        try await FaultProxy.with(port: SharedServer.port, host: "127.0.0.5", listeningPort: SharedServer.port) { _ in
            FaultPlan()
        } _: { first in
            try await FaultProxy.with(port: SharedServer.port, host: "127.0.0.6", listeningPort: SharedServer.port) {
                _ in
                FaultPlan()
            } _: { second in
                let addresses = ["::1", "127.0.0.4", "127.0.0.5", "127.0.0.6"]
                try await Self.ask(addresses, SharedServer.port, options)
                #expect(first.connectionCount >= share)
                #expect(second.connectionCount >= share)
            }
        }
    }

    @Test(.enabled("namespaces are not allowed here", hasNamespaces), arguments: [["--reuse"], []])
    func `an address that does not respond costs no answer`(options: [String]) async throws {
        try await SilentAddress.with(host: "127.0.0.7", port: SharedServer.port) { _ in
            let time = try await ContinuousClock().measure {
                try await Self.ask(["127.0.0.7", "127.0.0.1"], SharedServer.port, options)
            }
            // The client waits 10 s for a connection that could still open.
            #expect(time < .seconds(5))
        }
    }

    // MARK: - Shortages

    @Test(arguments: [["--reuse", "--concurrency", "64"], ["--concurrency", "64"]])
    func `the client goes on with fewer connections if it may open no more files`(options: [String]) async throws {
        try await Self.ask(of: "127.0.0.1", SharedServer.port, after: "ulimit -n 16", options)
    }

    @Test
    func `too low a limit of open files is one error line`() async throws {
        let client = Programs.builtFolder.appending("client").string
        let line = "ulimit -n 12; exec \"$0\" 127.0.0.1 1 7"
        let result = try await Programs.run(.name("sh"), ["-c", line, client])
        #expect(result.status == .exited(1))
        let expected = "client: only [0-9]+ more files may be open, but [0-9]+ are needed; .* \\(ulimit -n\\)\n"
        #expect(try result.errors.wholeMatch(of: Regex(expected)) != nil)
    }

    /// The client runs in a network with ten local ports.
    @Test(.enabled("namespaces are not allowed here", hasNamespaces))
    func `the client waits for a local port if all are in use, and says so once`() async throws {
        let preparation = """
            ip link set lo up
            echo 40000 40009 >/proc/sys/net/ipv4/ip_local_port_range
            "$server" 50000 --host 127.0.0.1 >"$folder/ready" 2>"$folder/log" & server=$!
            until test -s "$folder/ready"; do sleep 0.01; done
            trap 'kill $server' EXIT
            """
        try await TextFile.withTemporaryFolder { folder in
            try await Self.ask(
                // The kernel reuses a port for the same destination a second after its last use.
                25,
                of: "127.0.0.1",
                50_000,
                after: preparation,
                [],
                environment: ["server": Programs.serverPath.string, "folder": folder.string],
                in: ["unshare", "-rn", "sh"],
                errors: """
                    client: trying again: cannot connect to 127.0.0.1, port 50000: Cannot assign requested address; \
                    no local address or port is left for it

                    """
            )
        }
    }

    // MARK: - Sockets

    @Test(arguments: [["--reuse"], []])
    func `stdin and stdout may be one socket`(options: [String]) async throws {
        let (peer, program) = try PeerSocket.pair()
        let result = try await Subprocess.run(
            Programs.client,
            arguments: Arguments(["127.0.0.1", "\(SharedServer.port)"] + options),
            input: .fileDescriptor(program, closeAfterSpawningProcess: false),
            output: .fileDescriptor(program, closeAfterSpawningProcess: false),
            error: .string(limit: 4096)
        ) { _ in
            try program.close()
            return try await PeerThread.run {
                try peer.send(Array("10\n".utf8))
                // The answer comes before the end of the input.
                let first = try peer.receive(6)
                try peer.send(Array("1000000\n".utf8))
                peer.finish()
                return String(decoding: try first + peer.receive(1000), as: UTF8.self)
            }
        }
        #expect(result.closureResult == "10\t29\n1000000\t15485863\n")
        #expect(result.standardError == "")
        #expect(result.terminationStatus == .exited(0))
    }
}
