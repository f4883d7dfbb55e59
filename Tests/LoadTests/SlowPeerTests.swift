import PeerSupport
import SystemPackage
import Testing

extension LoadTests {
    /// Peers that send slowly, or do not read their answers.
    struct SlowPeerTests {
        private static let peerCount = 2000
        /// Each peer sends a byte every 0.3 s, so that a request is complete after 0.9 s.
        private static let round = (turns: 30, pace: Duration.milliseconds(10))

        private static func connectAll(to port: Int) async throws -> [PeerSocket] {
            try await PeerThread.run { try (0..<Self.peerCount).map { _ in try PeerSocket(port: port) } }
        }

        /// Sends from each peer, a byte at a time, until the server has closed all connections.
        ///
        /// - Returns: The time until then.
        private static func sendSlowly(_ all: [PeerSocket]) async throws -> Duration {
            var peers = (0..<Self.round.turns).map { turn in
                stride(from: turn, to: all.count, by: Self.round.turns).map { all[$0] }
            }
            let clock = ContinuousClock()
            let start = clock.now
            var due = start
            while peers.contains(where: { !$0.isEmpty }), clock.now - start < .seconds(10) {
                for turn in peers.indices {
                    peers[turn].removeAll { $0.hasEnded }
                    // Sending fails if the server has just closed the connection; the next round removes the peer.
                    for peer in peers[turn] { try? peer.send([0]) }
                    due += Self.round.pace
                    // The pace is what this tests.
                    try await clock.sleep(until: due)
                }
            }
            return clock.now - start
        }

        @Test
        func
            `2,000 peers that send byte by byte are closed after the request timeout, and hardly delay another client`()
            async throws
        {
            OpenFiles.raiseLimit()
            try await RunningServer.with(["--request-timeout", "0.5"]) { server in
                var comparison = LatencyComparison()
                try await Rounds.expect(atMost: 20) {
                    let alone = try await LatencyProbe(port: server.port).run()
                    let peers = try await Self.connectAll(to: server.port)
                    async let time = Self.sendSlowly(peers)
                    let underLoad = try await LatencyProbe(port: server.port, for: .seconds(1)).run()
                    comparison.add(alone: alone, underLoad: underLoad)
                    let slow = try await time
                    let holds = comparison.holds(atMost: 5) && slow < .seconds(1.6)
                    return (holds, "\(comparison.description), the slow peers closed after \(slow)")
                }
            }
        }

        @Test
        func `a peer that sends without end and never reads costs little memory, and is closed`() async throws {
            // No memory for primes, so that only connections can make memory grow.
            try await RunningServer.with(["--memory", "0", "--write-timeout", "10"]) { server in
                let modest = LatencyProbe(port: server.port, for: .milliseconds(100))
                _ = try await modest.run()
                let before = try server.residentBytes()
                let clock = ContinuousClock()
                let start = clock.now
                async let error = PeerThread.run { () -> Errno? in
                    let deaf = try PeerSocket(port: server.port)
                    do {
                        while true { try deaf.ask(1...10_000) }
                    } catch let error as Errno {
                        return error
                    }
                }
                var growth = 0
                while clock.now - start < .seconds(9.5) {
                    _ = try await modest.run()
                    growth = max(growth, try server.residentBytes() - before)
                }
                print("a peer that never reads: \(growth >> 10) KiB more")
                #expect(growth <= 4 << 20)
                let end = try await error
                #expect(end == .connectionReset || end == .brokenPipe)
                let time = clock.now - start
                print("a peer that never reads: closed after \(time)")
                #expect(time > .seconds(9.9) && time < .seconds(12))
            }
        }

        /// At the end of a stream, NIO reads all that the kernel has, whatever the limits of a read are.
        @Test
        func `peers that send many requests and half-close at once cost little memory`() async throws {
            try await RunningServer.with(["--memory", "0", "--threads", "1"]) { server in
                let growth = try await PeerThread.run {
                    try PeerSocket(port: server.port).exchange(1)
                    let before = try server.residentBytes()
                    let peers = try (0..<300).map { _ in
                        let peer = try PeerSocket(port: server.port)
                        // Each M is in a block of its own, so most are still unanswered when the last peer has sent.
                        try peer.ask(stride(from: 4_000_000_000, to: 2_400_000_000, by: -64_000))
                        peer.finish()
                        return peer
                    }
                    // Peers take turns, so the first answer to the last peer comes after all have been read.
                    _ = try peers.last?.answers(1)
                    return try server.residentBytes() - before
                }
                print("300 peers that half-closed: \(growth >> 10) KiB more")
                #expect(growth <= 16 << 20)
            }
        }
    }
}
