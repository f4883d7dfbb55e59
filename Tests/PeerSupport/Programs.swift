package import Subprocess
package import SystemPackage

/// The programs under test, which are built into the same folder as the tests.
package enum Programs {
    /// The server.
    package static let server = Executable.path(serverPath)
    /// The client.
    package static let client = Executable.path(clientPath)
    /// The client's path.
    package static let clientPath = builtFolder.appending("client")
    /// The server's path.
    package static let serverPath = builtFolder.appending("server")

    /// The build folder: the test runner and the programs under test lie in it.
    package static let builtFolder = FilePath(CommandLine.arguments[0]).removingLastComponent()

    /// The repository that the tests were built from.
    package static let repository = FilePath("\(#filePath)").removingLastComponent().removingLastComponent()
        .removingLastComponent()

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: The client, the server, or a system tool.
    ///   - arguments: The program's command line.
    ///   - input: The text that the program reads from stdin, which is a pipe.
    ///   - environment: Variables to set in addition to the inherited ones.
    ///   - folder: The program's working directory; `nil` for the one of the tests.
    /// - Returns: The exit status, stdout and stderr.
    /// - Throws: What starting the program throws.
    package static func run(
        _ program: Executable,
        _ arguments: [String],
        input: String = "",
        environment: [Environment.Key: String] = [:],
        in folder: FilePath? = nil
    ) async throws -> (status: TerminationStatus, output: String, errors: String) {
        let result = try await Subprocess.run(
            program,
            arguments: Arguments(arguments),
            environment: .inherit.updating(environment.mapValues { .some($0) }),
            workingDirectory: folder,
            input: .string(input),
            output: .string(limit: 1 << 26),
            error: .string(limit: 1 << 20)
        )
        return (result.terminationStatus, result.standardOutput, result.standardError)
    }

    /// Returns whether a system tool can be run.
    package static func isInstalled(_ tool: String) async -> Bool {
        (try? await Self.run(.name("sh"), ["-c", "command -v \(tool)"]).status) == .exited(0)
    }
}
