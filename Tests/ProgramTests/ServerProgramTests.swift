import NIOCore
import NIOPosix
import PeerSupport
import Subprocess
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ServerProgramTests {
    // MARK: - Requests and answers

    @Test
    func `one request on a connection is answered`() async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1_000_000])
                #expect(try await connection.answers(1) == [15_485_863])
            }
        }
    }

    @Test
    func `M = 0 is answered with 0, and the connection stays open`() async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([0])
                #expect(try await connection.answers(1) == [0])
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
            }
        }
    }

    @Test
    func `a request in pieces is answered`() async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                for byte: UInt8 in [0x00, 0x0f, 0x42] { try await connection.send([byte]) }
                // An exchange on another connection separates the pieces, so that they arrive separately.
                try await RawConnection.with(port: server.port) { other in
                    try await other.ask([1])
                    #expect(try await other.answers(1) == [2])
                }
                try await connection.send([0x40])
                #expect(try await connection.answers(1) == [15_485_863])
            }
        }
    }

    @Test(arguments: [0, 1, 20, 10_000])
    func `requests before the end of the stream are answered in order, then the server closes`(count: Int) async throws
    {
        let known: [UInt64] = [0, 2, 3, 5, 7, 11, 13, 17, 19, 23]
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                let ordinals = (0..<count).map { UInt32($0 % known.count) }
                if count > 0 { try await connection.ask(ordinals) }
                connection.finish()
                #expect(try await connection.answers(count) == ordinals.map { known[Int($0)] })
                #expect(try await connection.rest() == [])
            }
        }
    }

    @Test(arguments: 1...3)
    func `an incomplete last request is dropped, and those before it are answered`(byteCount: Int) async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                try await connection.send(Array(repeating: 0, count: byteCount))
                connection.finish()
                #expect(try await connection.answers(1) == [2])
                #expect(try await connection.rest() == [])
            }
        }
    }

    @Test
    func `neither an incomplete request nor 500 cold ones delay another connection`() async throws {
        try await RunningServer.with(["--threads", "2"]) { server in
            try await RawConnection.with(port: server.port) { stuck in
                try await stuck.send([0])
                try await RawConnection.with(port: server.port) { busy in
                    try await busy.ask(Array(repeating: .max, count: 500))
                    try await RawConnection.with(port: server.port) { third in
                        try await third.ask([1])
                        #expect(try await third.answers(1) == [2])
                    }
                    #expect(try await busy.answers(500) == Array(repeating: 104_484_802_043, count: 500))
                }
            }
        }
    }

    @Test(arguments: ["0", "1", "100KiB", "64MiB", "1GiB"])
    func `every M is answered, whatever the memory budget`(memory: String) async throws {
        let known: [UInt32: UInt64] = [
            1: 2, 4: 7, 100_000: 1_299_709, 1_000_000: 15_485_863, 4_294_967_295: 104_484_802_043,
        ]
        try await RunningServer.with(["--memory", memory]) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask(Array(known.keys))
                #expect(try await connection.answers(known.count) == Array(known.values))
            }
        }
    }

    @Test
    func `the byte order can be little-endian`() async throws {
        try await RunningServer.with(["--byte-order", "little"]) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.send([0x40, 0x42, 0x0f, 0x00])
                #expect(try await connection.answers(1) == [UInt64(15_485_863).byteSwapped])
            }
        }
    }

    // MARK: - Starting

    @Test(
        arguments: [
            (["65536"], "server: port 65536 is out of range; take one from 1 to 65535, or 0 for any free one"),
            (["eighty"], "server: The value 'eighty' is invalid for '<port>'"),
            ([], "server: the port is missing; take one from 1 to 65535, or 0 for any free one"),
            (["0", "--threads", "0"], "server: --threads 0 is out of range; take 1 to 1024"),
            (["0", "--memory", "64MB"], "server: The value '64MB' is invalid for '--memory <memory>'"),
            (["0", "--memory", "101%"], "server: The value '101%' is invalid for '--memory <memory>'"),
            (["0", "--memory=-1"], "server: The value '-1' is invalid for '--memory <memory>'"),
            (["0", "--memory", "9999999999GiB"], "server: The value '9999999999GiB' is invalid for '--memory"),
            (["0", "--drain-timeout", "soon"], "server: The value 'soon' is invalid for '--drain-timeout"),
            (["0", "--nonsense"], "server: Unknown option '--nonsense'"),
            (["0", "--health-check"], "server: --health-check needs the port of a running server, not 0"),
        ]
    )
    func `a wrong command line is one line on stderr and exit code 64`(
        arguments: [String],
        message: String
    ) async throws {
        let result = try await Programs.run(Programs.server, arguments)
        #expect(result.status == .exited(64))
        #expect(result.output == "")
        #expect(result.errors.hasPrefix(message))
        #expect(result.errors.hasSuffix("; see server --help\n"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

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

    @Test(
        arguments: [
            ("NTH_PRIME_THREADS", "many", "The value 'many' is invalid for 'NTH_PRIME_THREADS'"),
            ("NTH_PRIME_THREADS", "0", "NTH_PRIME_THREADS 0 is out of range; take 1 to 1024"),
            ("NTH_PRIME_MEMORY", "-1", "The value '-1' is invalid for 'NTH_PRIME_MEMORY'"),
            ("NTH_PRIME_MAX_CONNECTION_AGE", "?", "The value '?' is invalid for 'NTH_PRIME_MAX_CONNECTION_AGE'"),
            ("NTH_PRIME_BYTE_ORDER", "middle", "The value 'middle' is invalid for 'NTH_PRIME_BYTE_ORDER'"),
            ("NTH_PRIME_MAX_CONNECTIONS", "0", "NTH_PRIME_MAX_CONNECTIONS 0 is out of range; take 1 to 1000000"),
        ]
    )
    func `a bad value in the environment names its variable`(
        name: String,
        value: String,
        message: String
    ) async throws {
        let result = try await Programs.run(
            Programs.server,
            ["0", "--log-level", "error"],
            environment: [.init(stringLiteral: name): value]
        )
        #expect(result.status == .exited(64))
        #expect(result.errors.hasPrefix("server: \(message)"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [(["--threads", "0"], "2"), (["--threads=0"], "many")])
    func `the command line wins over the environment`(arguments: [String], value: String) async throws {
        let result = try await Programs.run(
            Programs.server,
            ["0"] + arguments,
            environment: ["NTH_PRIME_THREADS": value]
        )
        #expect(result.errors.hasPrefix("server: --threads 0 is out of range"))
    }

    @Test(arguments: ["", "  "])
    func `empty variables set nothing`(value: String) async throws {
        let names = [
            "HOST", "THREADS", "MEMORY", "BYTE_ORDER", "MAX_CONNECTIONS", "IDLE_TIMEOUT", "REQUEST_TIMEOUT",
            "WRITE_TIMEOUT", "MAX_CONNECTION_AGE", "DRAIN_TIMEOUT", "LOG_LEVEL",
        ]
        let environment = names.map { (Environment.Key(stringLiteral: "NTH_PRIME_\($0)"), value) }
        try await RunningServer.with(environment: Dictionary(uniqueKeysWithValues: environment)) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
            }
        }
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
        let port = try await Self.unusedPort()
        let result = try await Programs.run(Programs.server, ["\(port)", "--health-check", "--host", "127.0.0.1"])
        #expect(result.status == .exited(1))
        #expect(result.errors.hasPrefix("server: no server listens on 127.0.0.1, port \(port)"))
    }

    // MARK: - Stopping

    @Test(arguments: [Signal.terminate, Signal.interrupt, Signal.terminalClosed])
    func `at SIGTERM, SIGINT and SIGHUP the server answers what it has received, then exits with 0`(
        signal: Signal
    ) async throws {
        let (status, _) = try await RunningServer.with(["--threads", "1"], endsItself: true) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask(Array(repeating: .max, count: 1000))
                // The first answer shows that the server has received all requests, because they fit into one read.
                #expect(try await connection.answers(1) == [104_484_802_043])
                try server.send(signal)
                #expect(try await connection.answers(999).count == 999)
                #expect(try await connection.rest() == [])
            }
        }
        #expect(status == .exited(0))
    }

    @Test
    func `a server that was started with SIGHUP ignored goes on ignoring it`() async throws {
        let (status, log) = try await RunningServer.with(after: "trap '' HUP", endsItself: true) { server in
            try server.send(.terminalClosed)
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
            }
            _ = try await server.timeToEnd()
            return try server.log()
        }
        #expect(status == .exited(0))
        #expect(!log.contains { $0.contains("SIGHUP") })
    }

    @Test
    func `signals that come together do not end the server at once`() async throws {
        let (status, _) = try await RunningServer.with(["--threads", "1"], endsItself: true) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask(Array(repeating: .max, count: 1000))
                #expect(try await connection.answers(1) == [104_484_802_043])
                for signal in [Signal.terminalClosed, .terminate, .terminalClosed, .terminate] {
                    try server.send(signal)
                }
                #expect(try await connection.answers(999).count == 999)
            }
        }
        #expect(status == .exited(0))
    }

    @Test
    func `while it answers what it has received, a stopping server refuses connections`() async throws {
        let (status, _) = try await RunningServer.with(endsItself: true) { server in
            try await PeerThread.run {
                let deaf = try PeerSocket(port: server.port, patience: .seconds(0.2))
                // Sending fails when all buffers are full, so the server cannot end before its write timeout.
                while (try? deaf.ask(Array(repeating: 1, count: 10_000))) != nil {}
                try PeerSocket(port: server.port).exchange(1)
                try server.send(.terminate)
                // The time limit ends the test if the server goes on listening.
                while (try? PeerSocket(port: server.port)) != nil {}
                #expect(try server.openFileCount() > 0)
                try server.send(.terminate)
                withExtendedLifetime(deaf) {}
            }
        }
        #expect(status == .exited(1))
    }

    @Test
    func `a drain timeout of 0 waits for no answer`() async throws {
        let arguments = ["--memory", "0", "--threads", "1", "--drain-timeout", "0"]
        let (status, log) = try await RunningServer.with(arguments, endsItself: true) { server in
            let peer = try await PeerThread.run {
                let peer = try PeerSocket(port: server.port)
                // The M are spread over the domain, so each has to be sieved.
                try peer.ask((1...4000).map { UInt32($0) &* 2_654_435_761 })
                #expect(try peer.answers(1).count == 1)
                return peer
            }
            try server.send(.terminate)
            try await server.ended()
            return try withExtendedLifetime(peer) { try server.log() }
        }
        #expect(status == .exited(0))
        #expect(log.contains { $0.contains("drain timeout") })
    }

    @Test
    func `idle connections do not delay the end of the server`() async throws {
        let (status, _) = try await RunningServer.with(endsItself: true) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
                try server.send(.terminate)
                #expect(try await connection.rest() == [])
            }
        }
        #expect(status == .exited(0))
    }

    @Test
    func `at the drain timeout the server drops unanswered requests and exits with 0`() async throws {
        let (status, _) = try await RunningServer.with(["--threads", "1", "--drain-timeout", "0.01"], endsItself: true)
        {
            server in
            try await withThrowingTaskGroup(of: Int.self) { group in
                let (taken, tookRequests) = AsyncStream.makeStream(of: Void.self)
                for _ in 0..<50 {
                    group.addTask {
                        try await RawConnection.with(port: server.port) { connection in
                            // The M are spread over the domain, so each has to be sieved: seconds of work.
                            try await connection.ask((1...10_000).map { UInt32($0) &* 2_654_435_761 })
                            let first = try await connection.answers(1).count
                            tookRequests.yield()
                            // The connection may end with an error; the answers before that count.
                            return first + ((try? await connection.answers(9999).count) ?? 0)
                        }
                    }
                }
                var waiting = taken.makeAsyncIterator()
                for _ in 0..<50 { await waiting.next() }
                try server.send(.terminate)
                let answered = try await group.reduce(0, +)
                #expect(answered < 50 * 10_000)
            }
        }
        #expect(status == .exited(0))
    }

    /// The pool's threads fulfil promises of the event loops, so the pool has to end first.
    @Test
    func `when the drain timeout cuts off cold work, the pool ends before the event loops`() async throws {
        let (status, log) = try await RunningServer.with(
            ["--memory", "0", "--drain-timeout", "0.2"],
            // SwiftNIO then crashes, rather than logs, if a promise is fulfilled after the end of its event loop.
            environment: ["SWIFTNIO_STRICT": "1"],
            endsItself: true
        ) { server in
            let peers = try await PeerThread.run {
                let peers = try (0..<100).map { _ in try PeerSocket(port: server.port) }
                // 400,000 M are spread over the domain, so each has to be sieved: seconds of work.
                for peer in peers { try peer.ask((1...4000).map { UInt32($0) &* 2_654_435_761 }) }
                // The first answers show that the pool is busy; half of the peers read nothing.
                for peer in peers.prefix(50) { #expect(try peer.answers(1).count == 1) }
                return peers
            }
            try server.send(.terminate)
            try await server.ended()
            return try withExtendedLifetime(peers) { try server.log() }
        }
        #expect(status == .exited(0))
        #expect(log.contains { $0.contains("drain timeout") })
        #expect(!log.contains { $0.contains("Cannot schedule tasks") })
    }

    /// Returns a port on which no socket listens.
    ///
    /// It is below the ports that the kernel assigns for port 0, so no other test's server takes it meanwhile.
    static func unusedPort() async throws -> Int {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        while true {
            let port = Int.random(in: 20_000..<30_000)
            guard let listener = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() else { continue }
            try await listener.close()
            return port
        }
    }
}
