import PeerSupport
import Testing

extension LoadTests {
    /// Thousands of connections that open and close quickly.
    struct StormTests {
        /// A random client host: the kernel keeps a port for a minute after its connection, and each host has its own ports.
        private static var anyHost: UInt8 { .random(in: 2...250) }

        /// Opens connections and closes them at once, on enough threads to keep the machine busy.
        private static func connectAndClose(_ count: Int, port: Int) async throws {
            try await PeerThread.run(count: 4) { _ in
                for _ in 0..<count / 4 { _ = try PeerSocket(port: port, from: Self.anyHost) }
            }
        }

        /// Resets connections after each possible number of bytes of a request and of its answer.
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

        /// Repeats a burst, and expects that it takes at most 10 s, that its files close, and that memory does not grow.
        ///
        /// Memory does not shrink after a burst, because the allocator keeps it; a leak grows with every burst.
        private static func expectNothingLeft(of burst: @escaping @Sendable (Int) async throws -> Void) async throws {
            // No memory for primes, so that only connections can make memory grow.
            try await RunningServer.with(["--memory", "0"]) { server in
                let live = try await PeerThread.run { try PeerSocket(port: server.port) }
                try await PeerThread.run { try live.exchange(1_000_000) }
                let files = try server.openFileCount()
                let burstToItsEnd = {
                    try await burst(server.port)
                    // The server closes the last connections soon; if it does not, the time limit ends the test.
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
        func `20,000 connections that open and close leak neither files nor memory`() async throws {
            try await Self.expectNothingLeft { try await Self.connectAndClose(20_000, port: $0) }
        }

        @Test
        func `10,000 resets at every byte of request and answer leak neither files nor memory`()
            async throws
        {
            try await Self.expectNothingLeft { try await Self.reset(10_000, port: $0) }
        }
    }
}
