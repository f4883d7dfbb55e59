import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The prompt while the server is away, slow or wrong.
extension PromptTests {
    @Test
    func `a server that is gone and back is reported in a line each, and questions are asked again`() async throws {
        let port = try await ServerProgramTests.unusedPort()
        let ending = try await self.converse(port: port, columns: 200) { terminal, _ in
            try await terminal.see("server 127.0.0.1:\(port) does not answer")
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
        #expect(ending.screen.lines.count { $0.contains("trying again") } == 2)
        #expect(ending.screen.lines.count { $0 == "server 127.0.0.1:\(port) answers now" } == 1)
        #expect(ending.screen.lines.count { $0 == "server 127.0.0.1:\(port) is back" } == 1)
    }

    @Test
    func `a server that is not there is reported before the first number, and when it comes`() async throws {
        let port = try await ServerProgramTests.unusedPort()
        let ending = try await self.converse(port: port, columns: 200) { terminal, _ in
            try await terminal.see(
                "server 127.0.0.1:\(port) does not answer (no server listens on 127.0.0.1, port \(port)"
            )
            try await RunningServer.with(port: port) { _ in
                try await terminal.see("server 127.0.0.1:\(port) answers now")
                try await terminal.type("quit\r")
            }
        }
        #expect(ending.status == .exited(0))
        #expect(ending.screen.lines.count { $0.contains("trying again") } == 1)
        #expect(!ending.screen.lines.contains { $0.hasPrefix("prime(") })
    }

    @Test
    func `a server with the other byte order is reported before the first number`() async throws {
        let ending = try await self.converse(["--byte-order", "little"], columns: 200) { terminal, _ in
            try await terminal.see("server 127.0.0.1:\(SharedServer.port): the server answered ")
            try await terminal.see("it looks like the other byte order: try --byte-order big")
            try await terminal.type("quit\r")
        }
        #expect(ending.status == .exited(0))
    }

    @Test
    func `quit does not wait for a server that has no question`() async throws {
        try await HoldingPeer.with { _, port in
            let ending = try await self.converse(port: port) { terminal, _ in try await terminal.type("quit\r") }
            #expect(ending.status == .exited(0))
            #expect(!ending.screen.lines.contains { $0.contains("waiting") })
        }
        try await SilentAddress.with { port in
            let ending = try await self.converse(port: port) { terminal, _ in try await terminal.type("\u{04}") }
            #expect(ending.status == .exited(0))
            #expect(ending.screen.lines.suffix(2) == ["M>", ""])
        }
    }

    @Test
    func `the time counts from Enter, through an outage`() async throws {
        try await RunningServer.with { server in
            let ending = try await self.converse(port: server.port, ["--timeout", "1"], columns: 200) { terminal, _ in
                try await terminal.type("1\r")
                try await terminal.see("prime(1) = 2  ")
                try await server.suspend()
                try await terminal.type("5\r")
                try await terminal.see("does not answer (no answer within 1.0 s); trying again")
                try server.send(.resume)
                try await terminal.see("server 127.0.0.1:\(server.port) is back")
                try await terminal.see("prime(5) = 11  ")
                try await terminal.type("quit\r")
            }
            let answer = try #require(ending.screen.lines.first { $0.hasPrefix("prime(5)") })
            #expect(answer.hasSuffix(" s") || answer.hasSuffix(" min"))
        }
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
}
