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
        #expect(ending.screen.lines[1] == "M> 1000000")
        #expect(ending.screen.lines[2].hasPrefix("prime(1000000) = 15485863  "))
        #expect(ending.screen.lines[2].hasSuffix(" ms"))
        #expect(ending.screen.lines[3] == "M> 10..11")
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
            let words = ending.screen.lines.dropFirst().map { $0.prefix { $0 != "=" } }
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
    func `an invalid entry is one error line, help is a few lines, and the prompt goes on`() async throws {
        let ending = try await self.converse(columns: 120) { terminal, _ in
            try await terminal.type("12x4\r")
            try await terminal.see("12x4: not a number; M is a whole number from 1 to 4294967295")
            try await terminal.type("素e\u{301}\r")
            try await terminal.see("素e\u{301}: not a number")
            try await terminal.type("help\r")
            try await terminal.see("1000000, 1,000,000, 1e6, 10k or 5M")
            try await terminal.type("1\r")
            try await terminal.see("prime(1) = 2  ")
            try await terminal.type("2 x 3..4 5,6\r")
            try await terminal.see("x: not a number")
            try await terminal.see("5,6: commas group thousands; write 5 6, or 56 as one number")
            for answer in ["prime(2) = 3  ", "prime(3) = 5  ", "prime(4) = 7  "] { try await terminal.see(answer) }
            try await terminal.type("what is the 5 th prime\r")
            try await terminal.see("the: not a number")
            try await terminal.see("2 more of this line are not valid")
            try await terminal.see("prime(5) = 11  ")
            try await terminal.type("exit\r")
        }
        // As in a pipe, an invalid entry makes the exit code 1.
        #expect(ending.status == .exited(1))
        #expect(ending.screen.lines[2].hasPrefix("12x4: "))
        #expect(ending.screen.lines[3] == "M> 素e\u{301}")
    }
}
