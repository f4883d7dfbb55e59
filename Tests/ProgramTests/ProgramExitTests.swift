import PeerSupport
import ProgramOptions
import Subprocess
import Testing

@Suite
struct ProgramExitTests {
    @Test
    func `scripts can rely on the codes`() {
        #expect(ProgramExit.allCases.map(\.rawValue) == [0, 1, 64, 130])
    }

    @Test(
        arguments: [
            (Programs.server, [ProgramExit.success, .failure, .usage]),
            (Programs.client, ProgramExit.allCases),
        ]
    )
    func `the help of a program lists all its codes`(program: Executable, codes: [ProgramExit]) async throws {
        let help = try await Programs.run(program, ["--help"])
        let line = try #require(help.output.split(separator: "Exit code:").last?.split(separator: "\n\n").first)
        let numbers = line.split { !$0.isNumber }.compactMap { Int32($0) }
        #expect(numbers == codes.map(\.rawValue))
    }

    @Test
    func `the parser and the programs agree on the code of a wrong command line`() async throws {
        let result = try await Programs.run(Programs.server, [])
        #expect(result.status == .exited(ProgramExit.usage.rawValue))
    }
}
