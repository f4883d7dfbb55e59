import PeerSupport
import Testing

extension LoadTests {
    /// Peers that ask for much, beside modest ones.
    struct GreedyPeerTests {
        private static let primes = PrimeRule.primes(200_000)

        /// One thread asks for the first 200,000 primes in one go, another takes the answers.
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
        func `200,000 requests in one go are answered in order, and another client hardly notices`(
            memory: String
        ) async throws {
            try await RunningServer.with(["--memory", memory]) { server in
                var comparison = LatencyComparison()
                try await Rounds.expect(atMost: LatencyComparison.rounds) {
                    comparison.add(
                        alone: try await LatencyProbe(port: server.port).run(),
                        beside: try await PeerThread.beside { stop in
                            repeat { try await Self.askInOneGo(port: server.port) } while !stop.isSet
                        } _: {
                            try await LatencyProbe(port: server.port).run()
                        }
                    )
                    return (comparison.holds(atMost: 3), comparison.description)
                }
            }
        }

        /// Numbers from all over the domain, each of which has to be sieved.
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
        func `beside a greedy peer 20 modest ones wait for less than 10 ms`() async throws {
            try await RunningServer.with(["--memory", "0"]) { server in
                try await Rounds.expect(atMost: LatencyComparison.rounds) {
                    let modest = try await PeerThread.beside { stop in
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

        /// Who dies with answers unread resets; else the end looks like that of a client which has only asked all it wanted,
        /// until it is sent an answer: so each of these costs a piece of 256 requests, 2 ms, and they are fewer.
        @Test(arguments: [(resets: true, clients: 200), (resets: false, clients: 20)])
        func `nothing is computed for clients that have died`(resets: Bool, clients: Int) async throws {
            try await Rounds.expect {
                let (_, more) = try await RunningServer.with(["--memory", "0"]) { server in
                    try await PeerThread.run {
                        let peers = try (0..<clients).map { _ in try PeerSocket(port: server.port) }
                        for (client, peer) in peers.enumerated() {
                            try peer.ask((0..<1000).map { Self.coldOrdinal(client * 1000 + $0) })
                            if resets { peer.willReset() }
                        }
                        // The server has begun.
                        #expect(try peers[0].receive(8).count == 8)
                    }
                    // Time itself is what is measured here, and in the next line, too.
                    try await Task.sleep(for: .milliseconds(50))
                    let used = try server.processorTime()
                    try await Task.sleep(for: .milliseconds(500))
                    return try server.processorTime() - used
                }
                // The kernel's ticks are 10 ms long.
                return (more <= .milliseconds(10), "\(more) after the clients' end")
            }
        }
    }
}
