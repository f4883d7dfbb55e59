import ArgumentParser
import LoadGenerator
import Subprocess
import SystemPackage

/// A server to measure, as written on the command line: `name=path argument …`.
struct Subject: ExpressibleByArgument, Sendable {
    /// The server's name in the table.
    let name: String
    private let path: FilePath
    private let arguments: [String]

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let words = parts[1].split(separator: " ").map(String.init)
        guard let path = words.first else { return nil }
        self.name = String(parts[0])
        self.path = FilePath(path)
        self.arguments = Array(words.dropFirst())
    }

    /// Runs the server until `body` returns.
    ///
    /// - Parameters:
    ///   - options: Options to append to the arguments.
    ///   - body: Receives the server when it listens.
    /// - Returns: What `body` returns.
    /// - Throws: What starting the server or `body` throws.
    func run<Result: Sendable>(
        adding options: [String] = [],
        _ body: @escaping @Sendable (ServerProcess) async throws -> Result
    ) async throws -> Result {
        try await ServerProcess.run(
            .path(self.path),
            arguments: self.arguments + options,
            readPort: { line in
                guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
                    throw BenchmarkError("\(self.name) did not print \"listening on <address>:<port>\" first")
                }
                return port
            },
            body
        )
    }
}

/// A failure that ends the benchmark.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
