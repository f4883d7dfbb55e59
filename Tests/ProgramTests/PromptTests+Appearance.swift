import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The greeting and the colour.
extension PromptTests {
    @Test(arguments: [([], true), (["--quiet"], false)] as [([String], Bool)])
    func `a line says what to type, unless --quiet is given`(options: [String], isShown: Bool) async throws {
        let ending = try await self.converse(options) { terminal, _ in try await terminal.type("\u{04}") }
        #expect(ending.status == .exited(0))
        let greeting = "Type M to see the M-th prime, such as 1000000; help shows more."
        #expect(ending.screen.lines == (isShown ? [greeting] : []) + ["M>", ""])
    }

    @Test(
        arguments: [
            ([], [:], true), ([], ["NO_COLOR": "1"], false), ([], ["NO_COLOR": ""], true),
            (["--color", "never"], [:], false), (["--color", "always"], ["NO_COLOR": "1"], true),
        ] as [([String], [Environment.Key: String?], Bool)]
    )
    func `the greeting and the time are dim, unless colour is off`(
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
        #expect(ending.screen.dimTexts == (isDim ? [ending.screen.lines[0], String(time)] : []))
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
        #expect(ending.screen.lines[0].hasPrefix("Type M "))
        #expect(ending.screen.codeCount == 0)
        #expect(ending.hasSettingsAsBefore)
    }

    @Test
    func `--color accepts only its three values`() async throws {
        let result = try await Programs.run(Programs.client, ["localhost", "1", "--color", "blue"])
        #expect(result.status == .exited(64))
        #expect(result.errors == "client: --color blue is not valid; use auto, always or never\n")
    }
}
