import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The lines entered earlier.
extension PromptTests {
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
}
