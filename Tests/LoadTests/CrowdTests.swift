import PeerSupport
import Testing

extension LoadTests {
    /// Many connections, near and beyond the limits of connections and of files.
    struct CrowdTests {
        /// The server needs some files for itself, and idle connections may use four fifths of the rest.
        @Test
        func `18,000 idle connections are accepted, and hardly change the latency of another client`() async throws {
            let connections = OpenFiles.raiseLimit() - 32
            let crowd = min(18_000, connections - 100)
            let staying = min(crowd, connections * 4 / 5 - 10)
            print("\(crowd) idle connections; the limit of open files allows \(staying)")
            let arguments = ["--max-connections", "30000", "--idle-timeout", "600"]
            try await RunningServer.with { quiet in
                // The server has to raise its soft limit itself.
                try await RunningServer.with(arguments, after: "ulimit -S -n 1024") { full in
                    let (_, open) = try await IdleCrowd.with(crowd, port: full.port) {
                        var comparison = LatencyComparison()
                        try await Rounds.expect(atMost: LatencyComparison.rounds) {
                            comparison.add(
                                alone: try await LatencyProbe(port: quiet.port).run(),
                                underLoad: try await LatencyProbe(port: full.port).run()
                            )
                            let holds = comparison.holds(atMost: 2, floor: .microseconds(300))
                            return (holds, comparison.description)
                        }
                        #expect(try full.openFileCount() > staying)
                    }
                    #expect(open >= staying)
                }
            }
        }

        @Test
        func `near the connection limit the longest idle connections close first, and no more than needed`()
            async throws
        {
            try await RunningServer.with(["--max-connections", "100"]) { server in
                try await PeerThread.run {
                    let first = try (0..<10).map { _ in try PeerSocket(port: server.port) }
                    for peer in first { try peer.exchange(1) }
                    let busy = try PeerSocket(port: server.port)
                    // The server's clocks have a resolution of 0.1 s.
                    try busy.exchange(for: .milliseconds(300))
                    let others = try (0..<69).map { _ in try PeerSocket(port: server.port) }
                    for peer in others { try peer.exchange(1) }
                    // Now all of them have been idle for long enough, and the limit's four fifths are reached.
                    try busy.exchange(for: .milliseconds(1500))
                    let newcomers = try (0..<10).map { _ in try PeerSocket(port: server.port) }
                    for peer in newcomers { try peer.exchange(1) }
                    while !first.allSatisfy(\.hasEnded) { try busy.exchange(1) }
                    try busy.exchange(for: .milliseconds(500))
                    for peer in others + newcomers { try peer.exchange(2) }
                }
            }
        }

        @Test
        func `connections that wait in the accept queue do not disturb those that are open`() async throws {
            try await RunningServer.with(["--max-connections", "8"]) { server in
                try await PeerThread.run {
                    let peers = try (0..<8).map { _ in try PeerSocket(port: server.port) }
                    for peer in peers { try peer.exchange(1) }
                    let waiting = try (0..<100).map { _ in try PeerSocket(port: server.port) }
                    for peer in waiting { try peer.ask([2]) }
                    // No connection is idle, so none closes although the limit is reached.
                    for round in 1...2000 { for peer in peers { try peer.exchange(UInt32(round)) } }
                    #expect(waiting.allSatisfy { !$0.hasEnded })
                }
            }
        }

        // MARK: - Files

        private static func connect(_ count: Int, port: Int) async throws -> [PeerSocket] {
            try await PeerThread.run { try (0..<count).map { _ in try PeerSocket(port: port) } }
        }

        /// Expects that a server without free files uses almost no CPU time, and answers an open connection.
        ///
        /// The server must not fill memory meanwhile, because that uses CPU time.
        private static func expectCalm(_ server: RunningServer, with live: PeerSocket) async throws {
            let used = try server.processorTime()
            let (seconds, clock) = (4, ContinuousClock())
            let start = clock.now
            for turn in 1...seconds * 10 {
                try await PeerThread.run { try live.exchange(UInt32(turn)) }
                try await clock.sleep(until: start + .milliseconds(100) * turn)
            }
            let share = try (server.processorTime() - used) / .seconds(seconds)
            print("at the limit of files or connections: \(share * 100) % of a core")
            #expect(share <= 0.05)
        }

        @Test
        func `with 64 files 200 waiting peers cost almost no CPU time, and all are answered`() async throws {
            try await RunningServer.with(["--memory", "0"], after: "ulimit -n 64") { server in
                let live = try await PeerThread.run { try PeerSocket(port: server.port) }
                try await PeerThread.run { try live.exchange(1) }
                let peers = try await Self.connect(200, port: server.port)
                for peer in peers { try peer.ask([2]) }
                try await Self.expectCalm(server, with: live)
                #expect(try server.log().count { $0.contains("connection limit reached") } == 1)
                try await PeerThread.run {
                    for peer in peers {
                        let answers = try peer.answers(1)
                        #expect(answers == [3])
                    }
                }
            }
        }

        /// The limit is lowered while the server runs with a connection limit that needs more files.
        @Test
        func `out of files the server pauses accepting, logs it once, and continues within a second`() async throws {
            try await RunningServer.with(["--memory", "0"]) { server in
                let live = try await PeerThread.run { try PeerSocket(port: server.port) }
                try await PeerThread.run { try live.exchange(1) }
                try await server.limitOpenFiles(to: 64)
                var isFirst = true
                try await Rounds.expect(below: .seconds(1)) {
                    var peers = try await Self.connect(200, port: server.port)
                    let stays = peers.removeLast()
                    try stays.ask([3])
                    if isFirst {
                        try await Self.expectCalm(server, with: live)
                        #expect(try server.openFileCount() == 64)
                        #expect(try server.log().count { $0.contains("no files are left") } == 1)
                        isFirst = false
                    }
                    let clock = ContinuousClock()
                    let start = clock.now
                    peers = []
                    try await PeerThread.run {
                        #expect(try stays.answers(1) == [5])
                        try PeerSocket(port: server.port).exchange(1)
                    }
                    return clock.now - start
                }
            }
        }
    }
}
