import NIOCore
import NIOPosix
import PeerSupport
import ProgramOptions
import Subprocess
import SystemPackage
import Testing

@Suite(.sharedServer, .timeLimit(.minutes(1)))
struct ClientProgramTests {
    @Test
    func `lines of a pipe are answered in order, M and the prime on a line`() async throws {
        let result = try await Programs.run(
            Programs.client,
            ["127.0.0.1", "\(SharedServer.port)"],
            input: "1\n1000000\n4294967295\n# a comment\n\n1e3\n10..12\n5"
        )
        #expect(result.status == .exited(0))
        #expect(result.errors == "")
        #expect(
            result.output == """
                1\t2
                1000000\t15485863
                4294967295\t104484802043
                1000\t7919
                10\t29
                11\t31
                12\t37
                5\t11

                """
        )
    }

    @Test
    func `entries of the command line are answered like lines of a pipe`() async throws {
        let result = try await Programs.run(Programs.client, ["127.0.0.1", "\(SharedServer.port)", "3", "1..9/4"])
        #expect(result.status == .exited(0))
        #expect(result.output == "3\t5\n1\t2\n5\t11\n9\t23\n")
    }

    @Test
    func `ten thousand answers are complete and in order`() async throws {
        let result = try await Programs.run(
            Programs.client,
            ["127.0.0.1", "\(SharedServer.port)"],
            input: "1..10000\n"
        )
        #expect(result.status == .exited(0))
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 10_000)
        #expect(lines.enumerated().allSatisfy { $0.element.hasPrefix("\($0.offset + 1)\t") })
        #expect(lines.last == "10000\t104729")
    }

    @Test
    func `an invalid entry is reported with its line, and the others are answered`() async throws {
        let result = try await Programs.run(
            Programs.client,
            ["127.0.0.1", "\(SharedServer.port)"],
            input: "1\n12x4 3 4,5\n0\n2\n"
        )
        #expect(result.status == .exited(1))
        #expect(result.output == "1\t2\n3\t5\n2\t3\n")
        #expect(
            result.errors == """
                client: line 2: 12x4: not a number; M is a whole number from 1 to 4294967295
                client: line 2: 4,5: commas group thousands; write 4 5, or 45 as one number
                client: line 3: 0: too small; M is at least 1

                """
        )
    }

    @Test
    func `an invalid entry of the command line is reported, and the others are answered`() async throws {
        let result = try await Programs.run(Programs.client, ["127.0.0.1", "\(SharedServer.port)", "abc", "5"])
        #expect(result.status == .exited(1))
        #expect(result.output == "5\t11\n")
        #expect(result.errors.hasPrefix("client: abc: not a number; "))
    }

    @Test(
        arguments: [
            ["3", "-5", "7"], ["3", "-5", "--reuse", "7", "--timeout", "5"], ["--", "3", "-5", "7"],
            ["3\n# none\n\n-5\r\n7\n"], ["3 -5 7 # none"], ["3", "-.5", "7"],
        ]
    )
    func `a negative number is an invalid entry like any other`(entries: [String]) async throws {
        let negative = entries.contains("-.5") ? "-.5" : "-5"
        let result = try await Programs.run(Programs.client, ["127.0.0.1", "\(SharedServer.port)"] + entries)
        #expect(result.status == .exited(1))
        #expect(result.output == "3\t5\n7\t17\n")
        #expect(
            result.errors == """
                client: \(negative): too small; M is at least 1

                """
        )
    }

    /// The parser would need minutes for as many arguments, more than the time limit of the suite.
    @Test(arguments: [["10"], ["10", "--reuse", "--timeout", "9"]])
    func `a hundred thousand arguments are answered like as many lines`(repeated: [String]) async throws {
        let count = 100_000 / repeated.count
        let arguments =
            ["127.0.0.1", "\(SharedServer.port)", "--reuse"] + repeatElement(repeated, count: count).joined()
        let result = try await Programs.run(Programs.client, arguments)
        #expect(result.status == .exited(0))
        #expect(result.errors == "")
        let isRight = result.output == String(repeating: "10\t29\n", count: count)
        #expect(isRight)
    }

    @Test
    func `a file in a wide encoding is one error line`() async throws {
        let result = try await Programs.run(
            Programs.client,
            ["127.0.0.1", "\(SharedServer.port)"],
            input: "1\u{0}\n\u{0}2\u{0}\n\u{0}"
        )
        #expect(result.status == .exited(1))
        #expect(result.output == "")
        #expect(
            result.errors == """
                client: line 1: 1\\0: the input is UTF-16LE text, and the rest is not read; \
                convert it: iconv -f UTF-16LE -t UTF-8

                """
        )
    }

    @Test
    func `if no server listens, each question is one error line`() async throws {
        let port = try await ServerProgramTests.unusedPort()
        let result = try await Programs.run(Programs.client, ["127.0.0.1", "\(port)"], input: "1\n2\n")
        #expect(result.status == .exited(1))
        #expect(result.output == "")
        #expect(
            result.errors == """
                client: line 1: M = 1: no server listens on 127.0.0.1, port \(port); is it running there?
                client: line 2: M = 2: no server listens on 127.0.0.1, port \(port); is it running there?

                """
        )
    }

    @Test(arguments: [["--reuse"], []])
    func `failures of the same kind are summed up at the end, and each is an object in JSON output`(
        options: [String]
    ) async throws {
        let port = try await ServerProgramTests.unusedPort()
        let arguments = ["127.0.0.1", "\(port)", "--retries", "0"] + options
        let input = (1...1000).map { "\($0)\n" }.joined() + "x\n"
        let text = try await Programs.run(Programs.client, arguments, input: input)
        #expect(text.status == .exited(1))
        let reason = "no server listens on 127.0.0.1, port \(port); is it running there?"
        let lines = text.errors.split(separator: "\n")
        #expect(lines.prefix(5) == (1...5).map { "client: line \($0): M = \($0): \(reason)" }[...])
        #expect(lines.dropFirst(5).first?.hasPrefix("client: line 1001: x: not a number") == true)
        #expect(lines.dropFirst(6) == ["client: lines 6..1000: 995 more without an answer: \(reason)"])
        let json = try await Programs.run(Programs.client, arguments + ["--format", "json"], input: input)
        #expect(json.status == .exited(1))
        #expect(json.errors.split(separator: "\n").count == 1001)
        #expect(json.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"line\":") })
    }

    @Test
    func `a host that does not resolve is one error line`() async throws {
        // Names in .invalid never resolve: RFC 6761.
        let result = try await Programs.run(Programs.client, ["no-such-host.invalid", "1", "7"])
        #expect(result.status == .exited(1))
        #expect(
            result.errors
                == "client: M = 7: host no-such-host.invalid does not resolve to an address; check the spelling\n"
        )
    }

    @Test(arguments: [0, 5])
    func `a server that closes early is one error line for each question`(byteCount: Int) async throws {
        try await EarlyClosingPeer.with(sending: byteCount) { port in
            let result = try await Programs.run(
                Programs.client,
                ["127.0.0.1", "\(port)", "--retries", "1"],
                input: "1\n2\n"
            )
            #expect(result.status == .exited(1))
            let lines = result.errors.split(separator: "\n")
            #expect(lines.count == 2)
            for (line, ordinal) in zip(lines, 1...2) {
                #expect(line.hasPrefix("client: line \(ordinal): M = \(ordinal): "))
                #expect(line.contains("closed the connection after \(byteCount) of 8 bytes"))
            }
        }
    }

    @Test
    func `a question to a server that never answers fails after the timeout`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        let result = try await Programs.run(
            Programs.client,
            [
                "127.0.0.1", "\(port)", "1", "--timeout", "0.1", "--retries", "1",
            ]
        )
        try await listener.close()
        #expect(result.status == .exited(1))
        let doubt = "it may speak another protocol: is it a server of primes?"
        #expect(result.errors == "client: M = 1: no answer within 0.1 s; \(doubt)\n")
    }

    @Test
    func `the client ends quietly when the reader of stdout closes the pipe`() async throws {
        let result = try await Subprocess.run(
            Programs.client,
            arguments: ["127.0.0.1", "\(SharedServer.port)", "1..4294967295"],
            input: .none,
            output: .sequence,
            error: .string(limit: 4096)
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let first = try await lines.next()
            #expect(first == "1\t2")
        }
        #expect(result.terminationStatus == .exited(0))
        #expect(result.standardError == "")
    }

    @Test
    func `both programs understand little-endian numbers`() async throws {
        try await RunningServer.with(["--byte-order", "little"]) { server in
            let result = try await Programs.run(
                Programs.client,
                ["127.0.0.1", "\(server.port)", "1000000", "--byte-order", "little"]
            )
            #expect(result.output == "1000000\t15485863\n")
        }
    }

    /// Command lines whose errors show text with control characters: of a host, of a port, of an option, of an entry.
    private static let hostileCommandLines = [
        ["local\u{1B}[31mhost\r", "8080", "7"], ["\u{202E}localhost", "8080\r", "7"], ["a\u{85}b:8", "7"],
        ["localhost", "80", "7", "--\u{9B}31m"], ["localhost", "80", "7", "--timeout", "\u{2028}\n\r\n"],
        ["localhost", "80", "\u{7F}\u{202E}7"], ["localhost", "80", "--format", "json", "\u{9B}\u{200B}7"],
    ]

    @Test(arguments: hostileCommandLines)
    func `no control character of an argument reaches the terminal`(arguments: [String]) async throws {
        let result = try await Programs.run(Programs.client, arguments + ["--retries", "0"])
        #expect(result.status != .exited(0))
        #expect(result.errors.hasSuffix("\n"))
        let isShown = result.errors.unicodeScalars.dropLast().allSatisfy(\.isPrintable)
        #expect(isShown, "\(result.errors.debugDescription)")
    }

    @Test
    func `an unusual name of the program is escaped, too`() async throws {
        let client = Programs.builtFolder.appending("client").string
        let line = #"exec -a "$(printf 'a\033[31mb')" "$0" --help; "#
        let help = try await Programs.run(.name("bash"), ["-c", line, client])
        #expect(help.output.contains(#"USAGE: a\u{1B}[31mb <host>"#))
        #expect(!help.output.contains("\u{1B}"))
    }

    @Test
    func `--version prints the version, and help the usage`() async throws {
        let version = try await Programs.run(Programs.client, ["--version"])
        #expect(version.status == .exited(0))
        #expect(version.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
        let help = try await Programs.run(Programs.client, ["help"])
        #expect(help.status == .exited(0))
        #expect(help.output.contains("USAGE: client <host> <port>"))
    }

    @Test(arguments: [["--reuse"], []])
    func `an impossible answer is an error`(options: [String]) async throws {
        let result = try await Programs.run(
            Programs.client,
            // The server reads this as 16,777,216, and the client reads the answer as a number above all primes.
            ["127.0.0.1", "\(SharedServer.port)", "1", "--byte-order", "little"] + options
        )
        #expect(result.status == .exited(1))
        #expect(result.output == "")
        #expect(
            result.errors == """
                client: M = 1: the server answered 3531805148563111936 for M = 1, which is impossible; \
                it looks like the other byte order: try --byte-order big

                """
        )
    }

    @Test
    func `an address may be in brackets`() async throws {
        let result = try await Programs.run(Programs.client, ["[127.0.0.1]", "\(SharedServer.port)", "7"])
        #expect(result.output == "7\t17\n")
    }
}

/// A server that accepts connections, sends some bytes and closes.
private enum EarlyClosingPeer {
    static func with(sending byteCount: Int, _ body: (Int) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Closer(byteCount: byteCount))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await body(listener.localAddress?.port ?? 0)
        try await listener.close()
    }

    /// Closes only after the question, so that the client's write never fails.
    private final class Closer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let byteCount: Int

        init(byteCount: Int) {
            self.byteCount = byteCount
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            let bytes = ByteBuffer(repeating: 1, count: self.byteCount)
            context.writeAndFlush(self.wrapOutboundOut(bytes), promise: written)
        }
    }
}
