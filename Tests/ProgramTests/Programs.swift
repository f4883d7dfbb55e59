import Subprocess
import SystemPackage
import Testing

/// The programs under test, as they were built beside the tests.
enum Programs {
    static let server = Executable.path(serverPath)
    static let client = Executable.path(builtFolder.appending("client"))
    static let serverPath = builtFolder.appending("server")

    // The tests are a program in the build folder, and the others lie beside it.
    static let builtFolder = FilePath(CommandLine.arguments[0]).removingLastComponent()

    /// The repository that the tests were built from.
    static let repository = FilePath("\(#filePath)").removingLastComponent().removingLastComponent()
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
    static func run(
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

/// A server program that runs.
struct RunningServer: Sendable {
    let port: Int
    private let process: Int32
    /// Sends it a signal.
    let send: @Sendable (Signal) throws -> Void

    /// How many files it has open, connections among them.
    func openFileCount() async throws -> Int {
        try await Programs.run(.name("ls"), ["/proc/\(self.process)/fd"]).output.split(separator: "\n").count
    }

    /// Runs the server on a free port, perhaps with a limit of open files, while `body` does, and ends it by SIGTERM unless `body` has done so.
    ///
    /// - Returns: How it ended.
    /// - Throws: What starting it throws, or `body`.
    @discardableResult
    static func with(
        _ arguments: [String] = [],
        openFiles: Int? = nil,
        endsItself: Bool = false,
        _ body: @escaping @Sendable (RunningServer) async throws -> Void
    ) async throws -> TerminationStatus {
        let limit = openFiles.map { "ulimit -n \($0); " } ?? ""
        let result = try await Subprocess.run(
            .name("sh"),
            arguments: Arguments(
                ["-c", limit + "exec \"$@\"", "sh", Programs.serverPath.string, "0", "--host", "127.0.0.1"] + arguments
            ),
            input: .none,
            output: .sequence,
            error: .discarded
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let ready = try #require(try await lines.next(), "the server said nothing")
            #expect(ready.hasPrefix("listening on 127.0.0.1:"))
            let port = try #require(ready.split(separator: ":").last.flatMap { Int($0) })
            try await body(
                RunningServer(
                    port: port,
                    process: execution.processIdentifier.value,
                    send: { try execution.send(signal: $0) }
                )
            )
            if !endsItself { try execution.send(signal: .terminate) }
            while try await lines.next() != nil {}
        }
        return result.terminationStatus
    }
}
