package import Subprocess
internal import SystemPackage

/// A server program that runs.
package struct RunningServer: Sendable {
    /// Where it listens.
    package let port: Int
    /// Its number among the system's processes.
    package let process: Int32
    /// Sends it a signal.
    package let send: @Sendable (Signal) throws -> Void
    let processDescriptor: CInt
    let errors: ErrorOutput.File

    /// Runs the server while `body` does, and ends it by SIGTERM unless `body` has done so.
    ///
    /// - Parameters:
    ///   - arguments: Its command line, without port and host.
    ///   - port: Where it listens; 0 for a free port.
    ///   - preparation: What the shell does before it becomes the server, such as `ulimit -n 64`.
    ///   - errors: What its stderr is.
    ///   - environment: Variables set beside those inherited.
    ///   - endsItself: Whether `body` ends the server.
    ///   - body: Speaks with the server.
    /// - Returns: How the server ended, and what `body` returned.
    /// - Throws: What starting it throws, or `body`.
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
                throw NoServer(said: ready, errors: try file.lines())
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

/// The server said something else than where it listens.
private struct NoServer: Error {
    var said: String
    var errors: [String]
}
