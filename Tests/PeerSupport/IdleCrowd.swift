internal import Subprocess
internal import SystemPackage

/// Idle connections that have each had one question answered.
///
/// Processes of their own hold them, because the number of open files in a process is limited.
package enum IdleCrowd {
    private static let processSize = 4500

    /// Holds connections open until `body` returns.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - port: The server's port.
    ///   - body: Runs when every connection has received its answer.
    /// - Returns: What `body` returns, and how many connections are still open after it.
    /// - Throws: What `body` throws; an error if a connection fails or receives no answer.
    package static func with<Result: Sendable>(
        _ count: Int,
        port: Int,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> (result: Result, open: Int) {
        guard count > 0 else { return (try await body(), 0) }
        let size = min(count, self.processSize)
        // Each process connects from an address of its own, so that ports do not run out.
        let host = count / self.processSize + 2
        let ended = try await Subprocess.run(
            .path(Programs.builtFolder.appending("IdlePeers")),
            arguments: ["\(port)", "\(size)", "\(host)"],
            input: .inputWriter,
            output: .sequence,
            error: .currentStandardError
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            guard try await lines.next() == "\(size)" else { throw CrowdFailed() }
            let others = try await self.with(count - size, port: port, body)
            try await execution.standardInputWriter.finish()
            let open = try await lines.next().flatMap { Int($0) } ?? 0
            return (others.result, others.open + open)
        }
        return ended.closureResult
    }
}

/// A process failed to open its connections.
private struct CrowdFailed: Error {}
