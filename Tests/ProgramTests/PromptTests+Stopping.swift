import Glibc
import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// `stop`, Ctrl-C and `quit`.
extension PromptTests {
    @Test
    func `the prompt handles keys while thousands of questions wait for a silent server`() async throws {
        try await HoldingPeer.with { _, port in
            let ending = try await self.converse(port: port) { terminal, _ in
                try await terminal.type((1...10_000).map { "\($0)\n" }.joined())
                try await terminal.type("12")
                try await terminal.see(line: "M> 12|")
                try await terminal.type("\u{03}")
                try await terminal.see(line: "M> |")
                try await terminal.type("\u{03}")
                try await terminal.see("dropped: 9936; waiting for answers: 64; Ctrl-C ends the client now")
                try await terminal.type("\u{03}")
            }
            #expect(ending.status == .exited(130))
            #expect(ending.hasSettingsAsBefore)
            #expect(ending.screen.lines.suffix(2) == ["M> ^C", ""])
        }
    }

    @Test
    func `stop drops the questions not yet asked, and the prompt goes on`() async throws {
        try await HoldingPeer.with { peer, port in
            let ending = try await self.converse(port: port, ["--concurrency", "2"]) { terminal, _ in
                // The check of the server leaves both connections to the questions.
                try await peer.answer(1, with: 2)
                try await terminal.type("2..4294967295\r12")
                try await terminal.see(line: "M> 12|")
                try await terminal.type("\u{15}Stop\r")
                try await terminal.see("dropped: 4294967292; waiting for answers: 2")
                try await peer.answer(2, with: 3)
                try await peer.answer(3, with: 5)
                try await terminal.see("prime(2) = 3  ")
                try await terminal.see("prime(3) = 5  ")
                try await terminal.type("7\r")
                try await peer.answer(7, with: 17)
                try await terminal.see("prime(7) = 17  ")
                try await terminal.type("quit\r")
            }
            #expect(ending.status == .exited(0))
        }
    }

    @Test
    func `Ctrl-C clears a line or a search, and ends the client if nothing waits`() async throws {
        let ending = try await self.converse { terminal, _ in
            try await terminal.type("12")
            try await terminal.see(line: "M> 12|")
            try await terminal.type("\u{03}")
            try await terminal.see("M> 12^C")
            try await terminal.see(line: "M> |")
            try await terminal.type("7\r")
            try await terminal.see("prime(7) = 17  ")
            // The line that was cleared is not in the history.
            try await terminal.type("\u{1B}[A")
            try await terminal.see(line: "M> 7|")
            try await terminal.type("\u{15}\u{12}7")
            try await terminal.see(line: "search `7': |7")
            try await terminal.type("\u{03}")
            try await terminal.see("M> 7^C")
            try await terminal.see(line: "M> |")
            try await terminal.type("\u{03}")
        }
        #expect(ending.status == .exited(130))
        #expect(ending.hasSettingsAsBefore)
        #expect(ending.screen.lines.suffix(2) == ["M> ^C", ""])
        #expect(!ending.screen.lines.contains { $0.hasPrefix("dropped") })
    }

    @Test
    func `Ctrl-C acts as stop while questions wait, then ends the client, even if some have no answer`() async throws {
        try await HoldingPeer.with { peer, port in
            let ending = try await self.converse(port: port, ["--concurrency", "2"]) { terminal, _ in
                try await peer.answer(1, with: 2)
                try await terminal.type("10..20\r")
                try await terminal.see("the entry, and an empty line") {
                    $0.lines.contains("M> 10..20") && $0.currentLine == "M> |"
                }
                try await terminal.type("\u{03}")
                try await terminal.see("dropped: 9; waiting for answers: 2; Ctrl-C ends the client now")
                try await peer.answer(10, with: 29)
                try await terminal.see("prime(10) = 29  ")
                // A new entry can be stopped again, sent or not.
                try await terminal.type("5\r\u{03}")
                try await terminal.see("another stop") { screen in
                    screen.lines.count { $0.hasSuffix("; Ctrl-C ends the client now") } == 2
                }
                try await terminal.type("\u{03}")
            }
            #expect(ending.status == .exited(130))
        }
    }

    @Test
    func `stop and Ctrl-C drop every question of a server that is gone`() async throws {
        let port = try await ServerProgramTests.unusedPort()
        let ending = try await self.converse(port: port, columns: 200) { terminal, _ in
            try await terminal.see("trying again")
            try await terminal.type("5\r7..9\r\u{03}")
            try await terminal.see("dropped: 4; waiting for answers: 0")
            try await RunningServer.with(port: port) { _ in
                try await terminal.see("server 127.0.0.1:\(port) answers now")
                try await terminal.type("12\r")
                try await terminal.see("prime(12) = 37  ")
                try await terminal.type("\u{03}")
            }
        }
        #expect(ending.status == .exited(130))
        #expect(ending.screen.lines.count { $0.hasPrefix("prime(") } == 1)
    }

    @Test
    func `after quit Ctrl-C ends the client at once, whatever was typed`() async throws {
        try await HoldingPeer.with { _, port in
            let ending = try await self.converse(port: port) { terminal, _ in
                try await terminal.type("5\rquit\r12")
                try await terminal.see("waiting for answers: 1; Ctrl-C ends the client now")
                try await terminal.type("\u{03}")
            }
            #expect(ending.status == .exited(130))
            #expect(ending.hasSettingsAsBefore)
        }
    }

    @Test
    func `without escape codes Ctrl-C is the signal`() async throws {
        let ending = try await self.converse(environment: ["TERM": "dumb"]) { terminal, _ in
            try await terminal.type("12\u{03}")
        }
        #expect(ending.status == .signaled(SIGINT))
    }
}
