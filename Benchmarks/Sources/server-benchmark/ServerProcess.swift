import Measurement
import Subprocess

/// A server that runs as a process of its own.
struct ServerProcess: Sendable {
    let port: Int
    /// When the process was started.
    let start: ContinuousClock.Instant
    private let usage: ProcessUsage

    /// Runs a server until `body` returns, then ends it with SIGTERM, or with SIGKILL if `body` throws.
    ///
    /// - Parameters:
    ///   - program: The server's program.
    ///   - arguments: The server's command line.
    ///   - readPort: Returns the port from the line on stdout that says that the server is ready, and `nil` for any
    ///     other line.
    ///   - body: Receives the server as soon as it is ready.
    /// - Returns: What `body` returns.
    /// - Throws: ``BenchmarkError`` if the server ends before it is ready; what starting it, `readPort` or `body` throws.
    static func run<Result: Sendable>(
        _ program: Executable,
        arguments: [String],
        readPort: @escaping @Sendable (String) throws -> Int?,
        _ body: @escaping @Sendable (ServerProcess) async throws -> Result
    ) async throws -> Result {
        let start = ContinuousClock.now
        return try await Subprocess.run(
            program,
            arguments: Arguments(arguments),
            input: .none,
            output: .sequence,
            error: .discarded
        ) { execution in
            do {
                var lines = execution.standardOutput.strings().makeAsyncIterator()
                var port: Int?
                while port == nil {
                    guard let line = try await lines.next() else {
                        throw BenchmarkError("\(program) ended before it was ready")
                    }
                    port = try readPort(line)
                }
                let usage = ProcessUsage(of: execution.processIdentifier.value)
                let result = try await body(ServerProcess(port: port ?? 0, start: start, usage: usage))
                try execution.send(signal: .terminate)
                // A server that logs to stdout would block on a full pipe and never end.
                while try await lines.next() != nil {}
                return result
            } catch {
                try? execution.send(signal: .kill)
                throw error
            }
        }.closureResult
    }

    /// Returns the resident memory, in bytes.
    ///
    /// - Throws: ``BenchmarkError`` if the server has ended.
    func residentMemory() throws -> Int { try self.read(self.usage.residentBytes) }

    /// Returns the CPU time that the server has used, in seconds.
    ///
    /// - Throws: ``BenchmarkError`` if the server has ended.
    func processorTime() throws -> Double { try self.read(self.usage.processorTime) }

    /// Waits until the server is idle: it has used no CPU time for 0.3 s, or a minute has passed.
    ///
    /// A server that fills its memory after the start would otherwise take CPU time from the measurement.
    func settle() async throws {
        var used = try self.processorTime()
        for _ in 0..<200 {
            try await Task.sleep(for: .milliseconds(300))
            let now = try self.processorTime()
            if now == used { return }
            used = now
        }
    }

    private func read<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw BenchmarkError("the server on port \(self.port) has ended") }
        return value
    }
}
