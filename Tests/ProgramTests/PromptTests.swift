import PeerSupport
import Subprocess
import SystemPackage
import Testing

@Suite(.sharedServer, .timeLimit(.minutes(3)))
struct PromptTests {
    /// Runs a client at a terminal while `body` runs.
    ///
    /// - Parameters:
    ///   - port: The server's port; `nil` for the shared server.
    ///   - options: The client's options.
    ///   - columns: The terminal's width.
    ///   - state: The folder for the history; `nil` for a client without history.
    ///   - environment: Variables to set in addition to the inherited ones.
    ///   - body: Receives the terminal when the prompt is shown, and a function that sends the client a signal.
    /// - Returns: The client's exit status, and the state of the terminal.
    /// - Throws: What starting the client or `body` throws.
    @discardableResult
    func converse(
        port: Int? = nil,
        _ options: [String] = [],
        columns: Int = 80,
        state: FilePath? = nil,
        environment: [Environment.Key: String?] = [:],
        _ body: @escaping @Sendable (PseudoTerminal, @Sendable (Signal) throws -> Void) async throws -> Void
    ) async throws -> PseudoTerminal.Ending {
        var environment = environment
        environment["XDG_STATE_HOME"] = state?.string ?? "/nowhere"
        let ending = try await PseudoTerminal.with(
            [Programs.builtFolder.appending("client").string, "127.0.0.1", "\(port ?? SharedServer.port)"] + options
                + (state == nil ? ["--no-history"] : []),
            columns: columns,
            environment: environment
        ) { terminal, send in
            // Until the prompt is shown the system edits what is typed.
            try await terminal.see(line: "M> |")
            try await body(terminal, send)
        }
        #expect(ending.screen.unknownCodes == [])
        #expect(!ending.screen.bracketsPaste)
        return ending
    }

    // MARK: - Numbers and answers

    @Test
    func `numbers are answered below their line, until quit`() async throws {
        let ending = try await self.converse { terminal, _ in
            try await terminal.type("1000000\r")
            try await terminal.see("prime(1000000) = 15485863  ")
            try await terminal.type("10..11\r")
            try await terminal.see("prime(11) = 31  ")
            try await terminal.see("prime(10) = 29  ")
            try await terminal.type("quit\r")
        }
        #expect(ending.status == .exited(0))
        #expect(ending.hasSettingsAsBefore)
        #expect(ending.screen.lines[0] == "M> 1000000")
        #expect(ending.screen.lines[1].hasPrefix("prime(1000000) = 15485863  "))
        #expect(ending.screen.lines[1].hasSuffix(" ms"))
        #expect(ending.screen.lines[2] == "M> 10..11")
        #expect(ending.screen.lines.suffix(2) == ["M> quit", ""])
    }

    @Test
    func `answers appear when they are ready, above the line being typed`() async throws {
        try await HoldingPeer.with { peer, port in
            let ending = try await self.converse(port: port) { terminal, _ in
                try await terminal.type("5\r7\r1234\u{1B}[D\u{1B}[D")
                try await terminal.see(line: "M> 12|34")
                try await peer.answer(7, with: 17)
                try await terminal.see("the answer, and the line as it was") { screen in
                    screen.currentLine == "M> 12|34" && screen.lines.contains { $0.hasPrefix("prime(7) = 17  ") }
                }
                try await terminal.type("x")
                try await peer.answer(5, with: 11)
                try await terminal.see("prime(5) = 11  ")
                try await terminal.see(line: "M> 12x|34")
                try await terminal.type("\u{15}\u{0B}\u{04}")
            }
            #expect(ending.status == .exited(0))
            let words = ending.screen.lines.map { $0.prefix { $0 != "=" } }
            #expect(words == ["M> 5", "M> 7", "prime(7) ", "prime(5) ", "M>", ""])
        }
    }

    @Test
    func `ten thousand pasted lines are all answered`() async throws {
        let ending = try await self.converse { terminal, _ in
            try await terminal.type((1...10_000).map { "\($0)\r" }.joined())
            try await terminal.see("20,000 rows") { $0.rowCount > 20_000 }
            try await terminal.see(line: "M> |")
            try await terminal.type("\u{04}")
        }
        #expect(ending.status == .exited(0))
        var answers: [UInt32: UInt64] = [:]
        for line in ending.screen.lines where line.hasPrefix("prime(") {
            let words = line.split { !$0.isNumber }
            answers[UInt32(words[0]) ?? 0] = UInt64(words[1])
        }
        let primes = PrimeRule.primes(10_000)
        #expect((1...10_000).allSatisfy { answers[$0] == primes[Int($0) - 1] })
    }

    @Test
    func `the prompt handles keys while thousands of questions wait for a silent server`() async throws {
        try await HoldingPeer.with { _, port in
            let ending = try await self.converse(port: port) { terminal, _ in
                try await terminal.type((1...10_000).map { "\($0)\n" }.joined())
                try await terminal.type("12")
                try await terminal.see(line: "M> 12|")
                try await terminal.type("\u{03}")
            }
            #expect(ending.status == .exited(130))
            #expect(ending.hasSettingsAsBefore)
            #expect(ending.screen.lines.suffix(2) == ["M> 12^C", ""])
        }
    }

    @Test
    func `stop drops the questions not yet asked, and the prompt goes on`() async throws {
        try await HoldingPeer.with { peer, port in
            let ending = try await self.converse(port: port, ["--concurrency", "2"]) { terminal, _ in
                try await terminal.type("1..4294967295\r12")
                try await terminal.see(line: "M> 12|")
                try await terminal.type("\u{15}Stop\r")
                try await terminal.see("dropped: 4294967293; waiting for answers: 2")
                try await peer.answer(1, with: 2)
                try await peer.answer(2, with: 3)
                try await terminal.see("prime(1) = 2  ")
                try await terminal.see("prime(2) = 3  ")
                try await terminal.type("7\r")
                try await peer.answer(7, with: 17)
                try await terminal.see("prime(7) = 17  ")
                try await terminal.type("quit\r")
            }
            #expect(ending.status == .exited(0))
        }
    }

    @Test
    func `an invalid entry is one error line, help is three lines, and the prompt goes on`() async throws {
        let ending = try await self.converse(columns: 120) { terminal, _ in
            try await terminal.type("12x4\r")
            try await terminal.see(
                "12x4: expected a digit at the third character; M is a whole number from 1 to 4294967295"
            )
            try await terminal.type("素e\u{301}\r")
            try await terminal.see("素e\u{301}: expected a digit at the first character")
            try await terminal.type("help\r")
            try await terminal.see("1000000, 1_000_000, 1e6, 10k or 5M")
            try await terminal.type("1\r")
            try await terminal.see("prime(1) = 2  ")
            try await terminal.type("exit\r")
        }
        // As in a pipe, an invalid entry makes the exit code 1.
        #expect(ending.status == .exited(1))
        #expect(ending.screen.lines[1].hasPrefix("12x4: "))
        #expect(ending.screen.lines[2] == "M> 素e\u{301}")
    }

    // MARK: - The line

    @Test
    func `the line can be edited at any place and entered`() async throws {
        try await self.converse { terminal, _ in
            // 21 → 1 → 100 (End) → 7100 (Home) → 100 (Delete) → 10 → 101, with an arrow of each kind.
            try await terminal.type("21\u{1B}[D\u{7F}\u{05}00\u{1B}[H7")
            try await terminal.see(line: "M> 7|100")
            try await terminal.type("\u{1B}OD\u{1B}[3~\u{1B}[F\u{08}1")
            try await terminal.see(line: "M> 101|")
            try await terminal.type("\u{01}\u{0C}")
            try await terminal.see("a clear screen") { $0.lines == ["M> 101"] && $0.column == 3 }
            try await terminal.type("\r")
            try await terminal.see("prime(101) = 547  ")
            try await terminal.type("1 2\u{17}3\r")
            try await terminal.see("M> 1 3")
            // Esc alone has no effect.
            try await terminal.type("\u{1B}12")
            try await terminal.see(line: "M> 12|")
            try await terminal.type("\u{15}")
            try await terminal.type("\u{04}")
        }
    }

    @Test
    func `Esc ends the search by itself, and the next key is a plain one`() async throws {
        try await self.converse { terminal, _ in
            try await terminal.type("100\r7\r\u{12}0")
            try await terminal.see(line: "search `0': 1|00")
            try await terminal.type("\u{1B}")
            try await terminal.see(line: "M> 1|00")
            try await terminal.type("b")
            try await terminal.see(line: "M> 1b|00")
            try await terminal.type("\u{15}\u{0B}\u{04}")
        }
    }

    @Test
    func `reports of the terminal change nothing, neither the line nor a search`() async throws {
        let reports = [
            "\u{1B}[<0;10;5M\u{1B}[<0;10;5m", "\u{1B}[M *%", "\u{1B}[I\u{1B}[O", "\u{1B}]11;rgb:0/0/0\u{07}",
            "\u{1B}P1\u{1B}\\",
            "\u{1B}[?62;22c", "\u{9B}12;40R",
        ]
        try await self.converse { terminal, _ in
            try await terminal.type("12")
            for report in reports {
                try await terminal.type(String(report.unicodeScalars.prefix(3)))
                try await terminal.type(String(String.UnicodeScalarView(report.unicodeScalars.dropFirst(3))))
            }
            try await terminal.type("3\r")
            try await terminal.see("prime(123) = 677  ")
            try await terminal.type("\u{12}1\(reports.joined())2")
            try await terminal.see(line: "search `12': |123")
            try await terminal.type("\u{1B}[97;5u\u{0B}\u{04}")
        }
    }

    @Test
    func `a report whose Esc arrives before the rest leaves the search, and no text`() async throws {
        try await self.converse { terminal, _ in
            try await terminal.type("12\r")
            try await terminal.see("prime(12) = 37  ")
            for rest in ["[<0;10;20M", "[I", "[M *%", "[?62;22c", "]11;rgb:0/0/0\u{07}", "P1\u{1B}\\"] {
                try await terminal.type("\u{12}1")
                try await terminal.see(line: "search `1': |12")
                try await terminal.type("\u{1B}")
                try await terminal.see(line: "M> |12")
                try await terminal.type("\(rest)3")
                try await terminal.see(line: "M> 3|12")
                try await terminal.type("\u{15}\u{0B}")
                try await terminal.see(line: "M> |")
            }
            try await terminal.type("\u{04}")
        }
    }

    @Test
    func `each pasted line is entered, and pasted control characters do nothing`() async throws {
        let ending = try await self.converse { terminal, _ in
            try await terminal.see("bracketed paste on") { $0.bracketsPaste }
            try await terminal.type("\u{1B}[200~10\r\n11\r\u{03}\u{04}\u{1A}12\n1\u{1B}[D\t3\u{1B}[201~")
            try await terminal.see(line: "M> 1 3|")
            for answer in ["prime(10) = 29  ", "prime(11) = 31  ", "prime(12) = 37  "] {
                try await terminal.see(answer)
            }
            try await terminal.type("\u{15}\u{04}")
        }
        #expect(ending.status == .exited(0))
    }

    @Test
    func `a long line scrolls in a narrow terminal, and again when it becomes wider`() async throws {
        try await self.converse(columns: 10) { terminal, _ in
            try await terminal.type("123456789")
            try await terminal.see(line: "M> 456789|")
            try await terminal.type("\u{01}")
            try await terminal.see(line: "M> |123456")
            #expect(terminal.screen.rowCount == 1)
            try terminal.resize(columns: 14)
            try await terminal.see(line: "M> |123456789")
            try await terminal.type("\u{1B}[C")
            try await terminal.see(line: "M> 1|23456789")
            try await terminal.type("\u{0B}")
            try await terminal.see(line: "M> 1|")
            try await terminal.type("\u{15}\u{04}")
        }
    }

    @Test
    func `lines can be recalled in the next run, from a file that only the user can read`() async throws {
        try await TextFile.withTemporaryFolder { folder in
            try await self.converse(state: folder) { terminal, _ in
                try await terminal.type("1000\r25\r7\r\u{1B}[A\u{1B}[A")
                try await terminal.see(line: "M> 25|")
                try await terminal.type("\u{1B}[B\u{1B}[B")
                try await terminal.see(line: "M> |")
                try await terminal.type("\u{04}")
            }
            try await self.converse(state: folder) { terminal, _ in
                try await terminal.type("4\u{1B}[A\u{1B}[A")
                try await terminal.see(line: "M> 25|")
                try await terminal.type("\u{1B}[B\u{1B}[B")
                try await terminal.see(line: "M> 4|")
                try await terminal.type("\u{12}00")
                try await terminal.see(line: "search `00': 1|000")
                try await terminal.type("\r")
                try await terminal.see("prime(1000) = 7919  ")
                try await terminal.type("\u{04}")
            }
            #expect(try TextFile.read(folder.appending("nth-prime/history")) == "1000\n25\n7\n1000\n")
            let mode = try await Programs.run(.name("stat"), ["-c", "%a", "\(folder)/nth-prime/history"])
            #expect(mode.output == "600\n")
        }
    }

    @Test
    func `with --no-history no file is written`() async throws {
        try await TextFile.withTemporaryFolder { folder in
            try await self.converse(["--no-history"], state: folder) { terminal, _ in
                try await terminal.type("7\r\u{1B}[A")
                try await terminal.see(line: "M> 7|")
                try await terminal.type("\u{15}\u{04}")
            }
            let content = try await Programs.run(.name("ls"), ["-A", folder.string])
            #expect(content.output == "")
        }
    }

    @Test(arguments: ["mkfifo history", "mkdir history", "ln -s /dev/zero history"])
    func `a history that is not a regular file is one line, and the prompt goes on`(command: String) async throws {
        try await TextFile.withTemporaryFolder { folder in
            let script = "mkdir \(folder)/nth-prime && cd \(folder)/nth-prime && \(command)"
            _ = try await Programs.run(.name("sh"), ["-c", script])
            let ending = try await self.converse(columns: 200, state: folder) { terminal, _ in
                try await terminal.type("7\r")
                try await terminal.see("prime(7) = 17  ")
                try await terminal.type("\u{04}")
            }
            #expect(ending.status == .exited(0))
            #expect(
                ending.screen.lines[0].hasSuffix(
                    "/nth-prime/history: it is not a regular file; use --no-history to keep nothing"
                )
            )
            #expect(ending.screen.lines.count { $0.contains("not kept") } == 1)
        }
    }

    @Test
    func `a history that cannot be written is one line, and the prompt goes on`() async throws {
        let ending = try await self.converse(columns: 200, state: "/dev/null") { terminal, _ in
            try await terminal.type("7\r8\r")
            try await terminal.see("prime(8) = 19  ")
            try await terminal.see("not kept")
            try await terminal.type("\u{04}")
        }
        #expect(ending.status == .exited(0))
        #expect(ending.screen.lines.count { $0.contains("not kept") } == 1)
    }

    // MARK: - The server

    @Test
    func `a server that is gone and back is reported in a line each, and questions are asked again`() async throws {
        let port = try await ServerProgramTests.unusedPort()
        let ending = try await self.converse(port: port, columns: 200) { terminal, _ in
            try await RunningServer.with(port: port, endsItself: true) { server in
                try await terminal.type("1\r")
                try await terminal.see("prime(1) = 2  ")
                try server.send(.kill)
            }
            try await terminal.type("5\r7\r12")
            try await terminal.see("server 127.0.0.1:\(port) is gone")
            try await terminal.see(line: "M> 12|")
            try await RunningServer.with(port: port) { server in
                try await terminal.see("prime(5) = 11  ")
                try await terminal.see("prime(7) = 17  ")
                try await terminal.type("\r")
                try await terminal.see("prime(12) = 37  ")
                try await terminal.type("quit\r")
            }
        }
        #expect(ending.status == .exited(0))
        #expect(ending.screen.lines.count { $0.contains("trying again") } == 1)
        #expect(ending.screen.lines.count { $0 == "server 127.0.0.1:\(port) is back" } == 1)
    }

    @Test
    func `an answer that there is no such prime raises a doubt about the server`() async throws {
        try await HoldingPeer.with { peer, port in
            let ending = try await self.converse(port: port, columns: 200) { terminal, _ in
                try await terminal.type("7\r")
                try await peer.answer(7, with: 0)
                try await terminal.see(
                    "prime(7): the server says that there is no such prime; is it a server of primes?"
                )
                try await terminal.type("quit\r")
            }
            #expect(ending.status == .exited(1))
        }
    }

    @Test
    func `a server with another protocol is reported, and not asked again`() async throws {
        try await HoldingPeer.with { peer, port in
            let ending = try await self.converse(port: port, columns: 200) { terminal, _ in
                try await terminal.type("5\r")
                try await peer.answer(5, with: 11, copies: 2)
                try await terminal.see(
                    "prime(5): the server sent more than it was asked for; is it a server of primes?"
                )
                try await terminal.type("quit\r")
            }
            #expect(ending.status == .exited(1))
            #expect(!ending.screen.lines.contains { $0.contains("trying again") })
        }
    }

    @Test
    func `quit while the server is gone reports the number of questions without an answer`() async throws {
        let port = try await ServerProgramTests.unusedPort()
        let ending = try await self.converse(port: port, columns: 200) { terminal, _ in
            try await terminal.type("5\r7..9\r")
            try await terminal.see(
                "server 127.0.0.1:\(port) does not answer (no server listens on 127.0.0.1, port \(port)"
            )
            try await terminal.type("quit\r")
        }
        #expect(ending.status == .exited(1))
        #expect(ending.hasSettingsAsBefore)
        #expect(ending.screen.lines.suffix(2) == ["4 questions had no answer", ""])
    }

    @Test
    func `questions under way are answered after the end of the input`() async throws {
        try await HoldingPeer.with { peer, port in
            let ending = try await self.converse(port: port) { terminal, _ in
                try await terminal.type("5\r\u{04}")
                try await terminal.see("waiting for answers: 1")
                try await peer.answer(5, with: 11)
                try await terminal.see("prime(5) = 11  ")
            }
            #expect(ending.status == .exited(0))
        }
    }

    // MARK: - Colour

    @Test(
        arguments: [
            ([], [:], true), ([], ["NO_COLOR": "1"], false), ([], ["NO_COLOR": ""], true),
            (["--color", "never"], [:], false), (["--color", "always"], ["NO_COLOR": "1"], true),
        ] as [([String], [Environment.Key: String?], Bool)]
    )
    func `the time is dim, unless colour is off`(
        options: [String],
        environment: [Environment.Key: String?],
        isDim: Bool
    ) async throws {
        let environment: [Environment.Key: String?] = ["NO_COLOR": nil].merging(environment) { $1 }
        let ending = try await self.converse(options, environment: environment) { terminal, _ in
            try await terminal.type("7\r")
            try await terminal.see("prime(7) = 17  ")
            try await terminal.type("\u{04}")
        }
        let answer = try #require(ending.screen.lines.first { $0.hasPrefix("prime(7)") })
        let time = answer.dropFirst("prime(7) = 17  ".count)
        #expect(time.hasSuffix(" ms"))
        #expect(ending.screen.dimTexts == (isDim ? [String(time)] : []))
    }

    @Test(arguments: ["dumb", nil])
    func `a terminal without escape codes gets none`(type: String?) async throws {
        let ending = try await self.converse(environment: ["TERM": type]) { terminal, _ in
            try await terminal.type("7\n")
            try await terminal.see("prime(7) = 17  ")
            try await terminal.see(line: "M> |")
            try await terminal.type("quit\n")
        }
        #expect(ending.status == .exited(0))
        #expect(ending.screen.codeCount == 0)
        #expect(ending.hasSettingsAsBefore)
    }

    @Test
    func `--color accepts only its three values`() async throws {
        let result = try await Programs.run(Programs.client, ["localhost", "1", "--color", "blue"])
        #expect(result.status == .exited(64))
        #expect(result.errors.hasPrefix("client: The value 'blue' is invalid for '--color <color>'"))
    }
}
