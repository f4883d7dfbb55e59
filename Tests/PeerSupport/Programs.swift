package import Subprocess
package import SystemPackage

/// The programs under test, as they were built beside the tests.
package enum Programs {
    /// The server.
    package static let server = Executable.path(serverPath)
    /// The client.
    package static let client = Executable.path(builtFolder.appending("client"))
    /// Where the server lies.
    package static let serverPath = builtFolder.appending("server")

    /// The tests are a program in the build folder, and the others lie beside it.
    package static let builtFolder = FilePath(CommandLine.arguments[0]).removingLastComponent()

    /// The repository that the tests were built from.
    package static let repository = FilePath("\(#filePath)").removingLastComponent().removingLastComponent()
        .removingLastComponent()

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: The client, the server, or a tool of the system.
    ///   - arguments: Its command line.
    ///   - input: What it reads from stdin, a pipe.
    ///   - environment: Variables set beside those inherited.
    ///   - folder: Where it starts; `nil` for where the tests run.
    /// - Returns: How it ended, and what it wrote.
    /// - Throws: What starting it throws.
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
}
