internal import Subprocess
internal import SystemPackage

/// Connections that have asked once, and keep quiet: held by processes of their own, for each may open so many files only.
package enum IdleCrowd {
    private static let processSize = 4500

    /// Holds connections while `body` runs.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - port: The server's.
    ///   - body: Runs once each of the connections has got an answer.
    /// - Returns: What `body` returned, and how many connections were still open after it.
    /// - Throws: What `body` throws; an error if a connection failed or got no answer.
    package static func with<Result: Sendable>(
        _ count: Int,
        port: Int,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> (result: Result, open: Int) {
        guard count > 0 else { return (try await body(), 0) }
        let size = min(count, self.processSize)
        // From an address of its own, so that ports do not run out.
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

/// A process could not open its connections.
private struct CrowdFailed: Error {}
