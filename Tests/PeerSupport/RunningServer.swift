package import Subprocess
internal import SystemPackage

/// The server under test, running as a process.
package struct RunningServer: Sendable {
    /// The port that the server listens on.
    package let port: Int
    /// The process ID.
    package let process: Int32
    /// Sends the server a signal.
    package let send: @Sendable (Signal) throws -> Void
    let processDescriptor: CInt
    let errors: ErrorOutput.File

    /// Runs the server until `body` returns, then ends it with SIGTERM.
    ///
    /// - Parameters:
    ///   - arguments: The server's command line, without port and host.
    ///   - port: The port to listen on; 0 for a free port.
    ///   - preparation: A shell command that runs before the server in the same process, such as `ulimit -n 64`.
    ///   - errors: Where the server's stderr goes.
    ///   - environment: Variables to set in addition to the inherited ones.
    ///   - endsItself: Whether the server ends during `body`, so that no SIGTERM is needed.
    ///   - body: Receives the server as soon as it listens.
    /// - Returns: The server's exit status, and what `body` returns.
    /// - Throws: What starting the server or `body` throws.
    @discardableResult
    package static func with<Result: Sendable>(
        _ arguments: [String] = [],
        port: Int = 0,
        after preparation: String = ":",
        errors: ErrorOutput = .kept,
        environment: [Environment.Key: String] = [:],
        endsItself: Bool = false,
        _ body: @escaping @Sendable (RunningServer) async throws -> Result
    ) async throws -> (status: TerminationStatus, result: Result) {
        let start = "\(preparation); exec \"$@\"\(errors == .closed ? " 2>&-" : "")"
        let file = try ErrorOutput.File(errors)
        let result = try await Subprocess.run(
            .name("sh"),
            arguments: Arguments(
                ["-c", start, "sh", Programs.serverPath.string, "\(port)", "--host", "127.0.0.1"] + arguments
            ),
            environment: .inherit.updating(environment.mapValues { .some($0) }),
            input: .none,
            output: .sequence,
            error: .fileDescriptor(file.written, closeAfterSpawningProcess: false)
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let ready = try await lines.next() ?? ""
            guard ready.hasPrefix("listening on 127.0.0.1:"), let port = Int(ready.dropFirst(23)) else {
                throw NoServer(output: ready, errors: try file.lines())
            }
            let server = RunningServer(
                port: port,
                process: execution.processIdentifier.value,
                send: { try execution.send(signal: $0) },
                processDescriptor: execution.processIdentifier.processDescriptor,
                errors: file
            )
            let result = try await body(server)
            if !endsItself { try execution.send(signal: .terminate) }
            while try await lines.next() != nil {}
            return result
        }
        return (result.terminationStatus, result.closureResult)
    }
}

/// The first line on the server's stdout does not say where the server listens.
package struct NoServer: Error {
    let output: String
    /// The lines on its stderr.
    package let errors: [String]
}
