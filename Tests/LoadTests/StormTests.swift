import PeerSupport
import Testing

extension LoadTests {
    /// Connections that come and go in masses.
    struct StormTests {
        /// The kernel keeps a port for a minute after its connection, and searches for long when few are left.
        private static var anyHost: UInt8 { .random(in: 2...250) }

        /// Closes connections as soon as they are there, on as many threads as keep the machine busy.
        private static func connectAndClose(_ count: Int, port: Int) async throws {
            try await PeerThread.run(count: 4) { _ in
                for _ in 0..<count / 4 { _ = try PeerSocket(port: port, from: Self.anyHost) }
            }
        }

        /// Resets connections: after none to all bytes of a request, and then none to all of its answer.
        private static func reset(_ count: Int, port: Int) async throws {
            try await PeerThread.run(count: 4) { _ in
                for number in 0..<count / 4 {
                    let peer = try PeerSocket(port: port, from: Self.anyHost)
                    peer.willReset()
                    let offset = number % 13
                    try peer.send(Array([0, 0, 0, 1].prefix(offset)))
                    if offset > 4 {
                        let bytes = try peer.receive(offset - 4)
                        #expect(bytes == Array([0, 0, 0, 0, 0, 0, 0, 2].prefix(offset - 4)))
                    }
                }
            }
        }

        /// Repeats a burst, and expects that it takes at most 10 s, that open files come back, and that memory stays.
        ///
        /// Memory does not fall after a burst, for the allocator keeps it; but what leaks grows with every burst.
        private static func expectNothingLeft(of burst: @escaping @Sendable (Int) async throws -> Void) async throws {
            // Nothing is kept ready, so that memory does not grow by that.
            try await RunningServer.with(["--memory", "0"]) { server in
                let live = try await PeerThread.run { try PeerSocket(port: server.port) }
                try await PeerThread.run { try live.exchange(1_000_000) }
                let files = try server.openFileCount()
                let burstToItsEnd = {
                    try await burst(server.port)
                    // What the server has not seen yet, it will have seen soon, or the time limit strikes.
                    try await PeerThread.run { while try server.openFileCount() > files { try live.exchange(1) } }
                }
                try await burstToItsEnd()
                try await Rounds.expect {
                    let before = try server.residentBytes()
                    let time = try await ContinuousClock().measure { for _ in 1...2 { try await burstToItsEnd() } }
                    let growth = try server.residentBytes() - before
                    // A leak of 30 bytes a connection would be more.
                    return (time < .seconds(20) && growth <= 1 << 20, "two in \(time), \(growth >> 10) KiB more")
                }
            }
        }

        @Test
        func `storms of 20,000 connects and closes leave neither open files nor memory behind`() async throws {
            try await Self.expectNothingLeft { try await Self.connectAndClose(20_000, port: $0) }
        }

        @Test
        func `10,000 resets at every byte of request and answer leave neither open files nor memory behind`()
            async throws
        {
            try await Self.expectNothingLeft { try await Self.reset(10_000, port: $0) }
        }
    }
}
