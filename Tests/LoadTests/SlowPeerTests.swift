import PeerSupport
import SystemPackage
import Testing

extension LoadTests {
    /// Peers that send slowly, or do not take what they have asked for.
    struct SlowPeerTests {
        private static let peerCount = 2000
        /// Each sends a byte in every round, a few of them at a time: four bytes make a request after 0.9 s.
        private static let round = (turns: 30, pace: Duration.milliseconds(10))

        private static func connectAll(to port: Int) async throws -> [PeerSocket] {
            try await PeerThread.run { try (0..<Self.peerCount).map { _ in try PeerSocket(port: port) } }
        }

        /// Peers that send a byte at a time, until the server has ended them all.
        ///
        /// - Returns: How long that took.
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
                    // Who is ended just now cannot send; that is seen in the next round.
                    for peer in peers[turn] { try? peer.send([0]) }
                    due += Self.round.pace
                    // The pace is the case.
                    try await clock.sleep(until: due)
                }
            }
            return clock.now - start
        }

        @Test
        func
            `2,000 peers that send byte by byte are gone after the request timeout, and a good client notices nothing`()
            async throws
        {
            OpenFiles.raiseLimit()
            try await RunningServer.with(["--request-timeout", "0.5"]) { server in
                var comparison = LatencyComparison()
                try await Rounds.expect(atMost: 20) {
                    let alone = try await LatencyProbe(port: server.port).run()
                    let peers = try await Self.connectAll(to: server.port)
                    async let time = Self.sendSlowly(peers)
                    let beside = try await LatencyProbe(port: server.port, for: .seconds(1)).run()
                    comparison.add(alone: alone, beside: beside)
                    let slow = try await time
                    let holds = comparison.holds(atMost: 5) && slow < .seconds(1.6)
                    return (holds, "\(comparison.description), the slow peers gone after \(slow)")
                }
            }
        }

        @Test
        func `a peer that asks without end and never reads costs little memory, and is ended`() async throws {
            // Nothing is kept ready, so that memory does not grow by that.
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
                print("a peer that never reads: ended after \(time)")
                #expect(time > .seconds(9.9) && time < .seconds(12))
            }
        }

        /// At the end of a stream all that the kernel has of it is read, whatever the bounds.
        @Test
        func `peers that ask much and close their side at once cost little memory`() async throws {
            try await RunningServer.with(["--memory", "0", "--threads", "1"]) { server in
                let growth = try await PeerThread.run {
                    try PeerSocket(port: server.port).exchange(1)
                    let before = try server.residentBytes()
                    let peers = try (0..<300).map { _ in
                        let peer = try PeerSocket(port: server.port)
                        // All in different blocks: the server still has most of them when the last peer has asked.
                        try peer.ask(stride(from: 4_000_000_000, to: 2_400_000_000, by: -64_000))
                        peer.finish()
                        return peer
                    }
                    // Each has its turn, so by the first answer to the last one all have been read.
                    _ = try peers.last?.answers(1)
                    return try server.residentBytes() - before
                }
                print("300 peers that closed their side: \(growth >> 10) KiB more")
                #expect(growth <= 16 << 20)
            }
        }
    }
}
