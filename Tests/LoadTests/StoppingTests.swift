import PeerSupport
import Subprocess
import Testing

extension LoadTests {
    /// The end of the server at SIGTERM, for open connections and for new ones.
    struct StoppingTests {
        private static let cold = (0..<1000).map { UInt32($0) &* 2_654_435_761 | 1 }

        @Test
        func `a thousand requests in flight are answered, then the server exits with 0`() async throws {
            let (status, _) = try await RunningServer.with(["--memory", "0"], endsItself: true) { server in
                try await PeerThread.run {
                    let peer = try PeerSocket(port: server.port)
                    try peer.ask(Self.cold)
                    // The first answer shows that the server has received all, because they fit into one read.
                    let first = try peer.answers(1)
                    try server.send(.terminate)
                    let answers = try first + peer.answers(999)
                    #expect(zip(answers, Self.cold).allSatisfy { PrimeRule.allows($0, for: $1) })
                    #expect(answers.count == 1000)
                    #expect(try peer.receive(1) == [])
                }
            }
            #expect(status == .exited(0))
        }

        @Test
        func `with 5,000 idle clients the server ends within a second`() async throws {
            try await Rounds.expect(below: .seconds(1)) {
                let (status, time) = try await RunningServer.with(endsItself: true) { server in
                    let (time, open) = try await IdleCrowd.with(5000, port: server.port) {
                        try await server.timeToEnd()
                    }
                    #expect(open == 0)
                    return time
                }
                #expect(status == .exited(0))
                return time
            }
        }

        @Test
        func `a peer that never reads delays the end until the drain timeout, and no longer`() async throws {
            try await Rounds.expect(below: .seconds(1.5)) {
                let (status, time) = try await RunningServer.with(["--drain-timeout", "1"], endsItself: true) {
                    server in
                    let deaf = try await Self.deafPeer(port: server.port)
                    defer { withExtendedLifetime(deaf) {} }
                    return try await server.timeToEnd()
                }
                #expect(status == .exited(0))
                #expect(time > .seconds(0.9))
                return time
            }
        }

        @Test
        func `a second signal ends the program within 100 ms with exit code 1`() async throws {
            try await Rounds.expect(below: .milliseconds(100)) {
                let (status, time) = try await RunningServer.with(endsItself: true) { server in
                    let deaf = try await Self.deafPeer(port: server.port)
                    defer { withExtendedLifetime(deaf) {} }
                    try server.send(.terminate)
                    try await Self.untilItStops(server)
                    return try await server.timeToEnd()
                }
                #expect(status == .exited(1))
                return time
            }
        }

        /// The server is stopped, so that the connections reach only the kernel, and the signal comes before all of them.
        @Test
        func `connections in the accept queue are answered`() async throws {
            let (status, _) = try await RunningServer.with(endsItself: true) { server in
                try await PeerThread.run { try PeerSocket(port: server.port).exchange(1) }
                try server.send(.suspend)
                try await PeerThread.run {
                    let peers = try (0..<500).map { _ in try PeerSocket(port: server.port) }
                    for peer in peers { try peer.ask([1_000_000]) }
                    try server.send(.terminate)
                    try server.send(.resume)
                    for peer in peers {
                        #expect(try peer.answers(1) == [15_485_863])
                        #expect(try peer.receive(1) == [])
                    }
                }
            }
            #expect(status == .exited(0))
        }

        @Test
        func `connections that wait at the connection limit are answered, too`() async throws {
            let arguments = ["--max-connections", "10", "--idle-timeout", "60"]
            let (status, _) = try await RunningServer.with(arguments, endsItself: true) { server in
                try await PeerThread.run {
                    var peers = try (0..<50).map { _ in try PeerSocket(port: server.port) }
                    for peer in peers { try peer.ask([1_000_000]) }
                    #expect(try peers[0].answers(1) == [15_485_863])
                    try server.send(.terminate)
                    for place in peers.indices.dropFirst() {
                        #expect(try peers[place].answers(1) == [15_485_863])
                    }
                    peers = []
                }
            }
            #expect(status == .exited(0))
        }

        // MARK: - Peers

        /// Connects a peer that sends more requests than the buffers on the way hold, and reads nothing.
        private static func deafPeer(port: Int) async throws -> PeerSocket {
            try await PeerThread.run {
                let deaf = try PeerSocket(port: port, patience: .seconds(0.2))
                // Sending fails when no byte could be sent for 0.2 s.
                while (try? deaf.ask(1...10_000)) != nil {}
                return deaf
            }
        }

        /// Waits until a stopping server has closed its listener.
        private static func untilItStops(_ server: RunningServer) async throws {
            try await PeerThread.run { while (try? PeerSocket(port: server.port)) != nil {} }
        }
    }
}
