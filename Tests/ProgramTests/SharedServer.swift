import PeerSupport
import Subprocess
import Testing

/// A server that all tests of a suite share, because the stop of a server takes 0.2 s.
///
/// A test that ends its server, or sets its options, runs one of its own.
struct SharedServer: SuiteTrait, TestScoping {
    /// The server's port, inside a suite with this trait.
    @TaskLocal static var port = 0

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let (ports, start) = AsyncStream.makeStream(of: Int.self)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { start.finish() }
                let (status, _) = try await RunningServer.with { server in
                    start.yield(server.port)
                    for await _ in ends {}
                }
                #expect(status == .exited(0))
            }
            for await port in ports {
                defer { end.finish() }
                try await Self.$port.withValue(port) { try await function() }
            }
            try await group.waitForAll()
        }
    }
}

extension Trait where Self == SharedServer {
    /// Runs one server while the suite runs; ``SharedServer/port`` is its port.
    static var sharedServer: Self { Self() }
}
