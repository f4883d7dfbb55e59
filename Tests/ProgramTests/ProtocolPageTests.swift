import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The client in C of `docs/protocol.md`, as a reader builds it.
@Suite(.sharedServer, .timeLimit(.minutes(1)))
struct ProtocolPageTests {
    /// Compiles the program, with clang of the Swift toolchain, and runs the body with its path.
    static func withClient(_ body: (FilePath) async throws -> Void) async throws {
        let page = try TextFile.read(Programs.repository.appending("docs/protocol.md"))
        let source = try #require(page.split(separator: "```c\n").last?.split(separator: "```\n").first)
        try await TextFile.withTemporaryFolder { folder in
            try TextFile.write(String(source), to: folder.appending("client.c"))
            let options = ["-Wall", "-Wextra", "-Werror", "client.c", "-o", "client"]
            let compiler = try await Programs.run(.name("clang"), options, in: folder)
            #expect(compiler.status == .exited(0), "\(compiler.errors)")
            try await body(folder.appending("client"))
        }
    }

    @Test(arguments: ["1": "2", "1000000": "15485863", "4294967295": "104484802043"])
    func `the client in C prints the prime`(_ question: (m: String, prime: String)) async throws {
        try await Self.withClient { client in
            let result = try await Programs.run(.path(client), ["localhost", "\(SharedServer.port)", question.m])
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(result.output == "\(question.prime)\n")
        }
    }

    @Test(arguments: [["0"], ["4294967296"], ["-1"], ["5x"], [""], [], ["1", "2"]])
    func `the client in C refuses what is not an M`(arguments: [String]) async throws {
        try await Self.withClient { client in
            let result = try await Programs.run(.path(client), ["localhost", "\(SharedServer.port)"] + arguments)
            #expect(result.status == .exited(2))
            #expect(result.errors == "usage: client HOST PORT M, with M from 1 to 4294967295\n")
        }
    }

    @Test(arguments: [
        ("no-such-host.invalid", "no-such-host.invalid: "), ("localhost", "no answer from localhost, port 1"),
    ])
    func `the client in C says that no server answers`(_ server: (host: String, message: String)) async throws {
        try await Self.withClient { client in
            let result = try await Programs.run(.path(client), [server.host, "1", "5"])
            #expect(result.status == .exited(1))
            #expect(result.errors.hasPrefix(server.message))
        }
    }
}
