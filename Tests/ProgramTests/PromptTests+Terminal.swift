import Glibc
import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The prompt's handling of terminal settings, and its behaviour as a job of a shell.
extension PromptTests {
    @Test(
        arguments: [
            SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGUSR1, SIGALRM,
            SIGXCPU,
        ].map(
            Signal.init(rawValue:)
        )
    )
    func `a signal or a crash restores the terminal`(signal: Signal) async throws {
        let ending = try await self.converse { terminal, send in
            try await terminal.type("12")
            try await terminal.see(line: "M> 12|")
            #expect(terminal.settings.isRaw)
            #expect(terminal.screen.bracketsPaste)
            try send(signal)
        }
        #expect(ending.status == .signaled(signal.rawValue))
        #expect(ending.hasSettingsAsBefore)
        #expect(ending.screen.lines.suffix(2) == ["M> 12", ""])
    }

    @Test
    func `a Swift runtime trap restores the terminal`() async throws {
        let program = Programs.builtFolder.appending("TrappingPrompt").string
        let ending = try await PseudoTerminal.with([program]) { terminal, _ in
            try await terminal.see(line: "M> |")
            #expect(terminal.settings.isRaw)
            try await terminal.type("7")
        }
        #expect([.signaled(SIGILL), .signaled(SIGTRAP)].contains(ending.status))
        #expect(ending.hasSettingsAsBefore)
        #expect(!ending.screen.bracketsPaste)
        #expect(ending.screen.lines.starts(with: ["M>", ""]))
    }

    // MARK: - Jobs

    /// Runs the client in a shell while `body` runs, which must leave the client at an empty prompt.
    private func converseAtShell(
        _ body: @escaping @Sendable (PseudoTerminal, PseudoTerminal.Settings) async throws -> Void
    ) async throws {
        let client = Programs.builtFolder.appending("client").string
        let ending = try await PseudoTerminal.with(
            // dash, which is sh on Debian, does not change the terminal's settings; Bash does.
            ["sh", "-i"],
            environment: ["PS1": "shell$ ", "ENV": nil, "XDG_STATE_HOME": "/nowhere"]
        ) { terminal, _ in
            try await terminal.see(line: "shell$ |")
            let settings = terminal.settings
            try await terminal.type("\(client) 127.0.0.1 \(SharedServer.port) --no-history\n")
            try await terminal.see(line: "M> |")
            #expect(terminal.settings.isRaw)
            try await body(terminal, settings)
            try await terminal.type("quit\r")
            try await terminal.see(line: "shell$ |")
            #expect(terminal.settings == settings)
            #expect(!terminal.screen.bracketsPaste)
            try await terminal.type("echo \"code $?\"; exit\n")
            try await terminal.see("code 0")
        }
        #expect(ending.status == .exited(0))
    }

    @Test
    func `Ctrl-Z restores the terminal, and fg restores the line`() async throws {
        try await self.converseAtShell { terminal, settings in
            for answer in ["prime(12) = 37  ", "prime(120) = 659  "] {
                try await terminal.type("12\u{1B}[D")
                try await terminal.see(line: "M> 1|2")
                try await terminal.type("\u{1A}")
                try await terminal.see("the shell's prompt") { $0.currentLine == "shell$ |" }
                #expect(terminal.settings == settings)
                #expect(!terminal.screen.bracketsPaste)
                try await terminal.type("fg\n")
                try await terminal.see(line: "M> 1|2")
                #expect(terminal.settings.isRaw)
                #expect(terminal.screen.bracketsPaste)
                try await terminal.type(answer.contains("120") ? "\u{05}0\r" : "\r")
                try await terminal.see(answer)
            }
        }
    }

    @Test
    func `Ctrl-Z does nothing if the client was started with SIGTSTP ignored`() async throws {
        let client = Programs.builtFolder.appending("client").string
        let ending = try await PseudoTerminal.with(
            ["sh", "-c", "trap '' TSTP; \"$0\" 127.0.0.1 \(SharedServer.port) --no-history", client]
        ) { terminal, _ in
            try await terminal.see(line: "M> |")
            try await terminal.type("12\u{1A}")
            try await terminal.see("M> 12^Z")
            try await terminal.see(line: "M> 12|")
            try await terminal.type("\r")
            try await terminal.see("prime(12) = 37  ")
            try await terminal.type("quit\r")
        }
        #expect(ending.status == .exited(0))
    }

    @Test
    func `in the background the client stops when it reads from the terminal`() async throws {
        try await self.converseAtShell { terminal, _ in
            try await terminal.type("12\u{1A}")
            try await terminal.see("the shell's prompt") { $0.currentLine == "shell$ |" }
            try await terminal.type("bg\n")
            // The client tries to read this input and is stopped; the shell reports that at its next prompt.
            for _ in 0..<100 {
                try await terminal.type("sleep 0.1; jobs\n")
                try await terminal.see("the shell's prompt") { $0.currentLine == "shell$ |" }
                if terminal.screen.lines.contains(where: { $0.contains("Stopped (tty input)") }) { break }
            }
            try await terminal.see("Stopped (tty input)")
            try await terminal.type("fg\n")
            try await terminal.see(line: "M> 12|")
            try await terminal.type("\r")
            try await terminal.see("prime(12) = 37  ")
        }
    }

    @Test
    func `a terminal of another session is restored`() async throws {
        let ending = try await PseudoTerminal.with(
            [
                "setsid", "-w", Programs.builtFolder.appending("client").string, "127.0.0.1", "\(SharedServer.port)",
                "--no-history",
            ]
        ) { terminal, _ in
            try await terminal.see(line: "M> |")
            #expect(terminal.settings.isRaw)
            try await terminal.type("12\r")
            try await terminal.see("prime(12) = 37  ")
            try await terminal.type("quit\r")
        }
        #expect(ending.status == .exited(0))
        #expect(ending.hasSettingsAsBefore)
    }
}
