import PeerSupport
import Testing

extension LoadTests {
    /// Peers that send many requests, next to peers that send few.
    struct GreedyPeerTests {
        private static let primes = PrimeRule.primes(200_000)

        /// Sends requests for the first 200,000 primes at once on one thread, and checks the answers on another.
        private static func askInOneGo(port: Int) async throws {
            let socket = try PeerSocket(port: port)
            try await PeerThread.run(count: 2) { thread in
                PeerThread.giveWay()
                if thread == 0 {
                    try socket.ask(1...UInt32(Self.primes.count))
                } else {
                    #expect(try socket.answers(Self.primes.count) == Self.primes)
                }
            }
        }

        @Test(arguments: ["64MiB", "0"])
        func `200,000 requests at once are answered in order, and hardly change the latency of another client`(
            memory: String
        ) async throws {
            try await RunningServer.with(["--memory", memory]) { server in
                var comparison = LatencyComparison()
                try await Rounds.expect(atMost: LatencyComparison.rounds) {
                    comparison.add(
                        alone: try await LatencyProbe(port: server.port).run(),
                        underLoad: try await PeerThread.during { stop in
                            repeat { try await Self.askInOneGo(port: server.port) } while !stop.isSet
                        } _: {
                            try await LatencyProbe(port: server.port).run()
                        }
                    )
                    return (comparison.holds(atMost: 3), comparison.description)
                }
            }
        }

        /// Returns M that are spread over the domain, so that each has to be sieved.
        private static func coldOrdinal(_ number: Int) -> UInt32 {
            UInt32(truncatingIfNeeded: number &* 2_654_435_761) | 1
        }

        /// Keeps 1,024 cold requests in flight.
        private static func askGreedily(port: Int, until stop: PeerThread.StopFlag) async throws {
            try await PeerThread.run {
                PeerThread.giveWay()
                let socket = try PeerSocket(port: port)
                try socket.ask((0..<1024).map(Self.coldOrdinal))
                var number = 1024
                while !stop.isSet {
                    #expect(try socket.answers(64).count == 64)
                    try socket.ask((number..<number + 64).map(Self.coldOrdinal))
                    number += 64
                }
            }
        }

        @Test
        func `next to a peer with 1,024 cold requests, 20 peers with one request each wait less than 10 ms`()
            async throws
        {
            try await RunningServer.with(["--memory", "0"]) { server in
                try await Rounds.expect(atMost: LatencyComparison.rounds) {
                    let modest = try await PeerThread.during { stop in
                        try await Self.askGreedily(port: server.port, until: stop)
                    } _: {
                        Latencies(
                            of: try await PeerThread.run(count: 20) { client in
                                try LatencyProbe(port: server.port, every: .milliseconds(5)) {
                                    Self.coldOrdinal(client &* 1_000_003 &+ $0)
                                }.measure()
                            }
                        )
                    }
                    return (modest.p99 < .milliseconds(10), "\(modest)")
                }
            }
        }

        /// A peer that closes with unread answers sends a reset.
        ///
        /// Without unread answers, its close looks like a half-close until the server sends an answer. So each such peer costs
        /// a piece of 256 requests, 2 ms, and there are fewer of them.
        @Test(arguments: [(resets: true, clients: 200), (resets: false, clients: 20)])
        func `nothing is computed for clients that have closed`(resets: Bool, clients: Int) async throws {
            try await Rounds.expect {
                let (_, more) = try await RunningServer.with(["--memory", "0"]) { server in
                    try await PeerThread.run {
                        let peers = try (0..<clients).map { _ in try PeerSocket(port: server.port) }
                        for (client, peer) in peers.enumerated() {
                            try peer.ask((0..<1000).map { Self.coldOrdinal(client * 1000 + $0) })
                            if resets { peer.willReset() }
                        }
                        // The first answer shows that the server computes.
                        #expect(try peers[0].receive(8).count == 8)
                    }
                    // These pauses are part of the measurement.
                    try await Task.sleep(for: .milliseconds(50))
                    let used = try server.processorTime()
                    try await Task.sleep(for: .milliseconds(500))
                    return try server.processorTime() - used
                }
                // The kernel counts CPU time in ticks of 10 ms.
                return (more <= .milliseconds(10), "\(more) of CPU time after the clients closed")
            }
        }
    }
}
