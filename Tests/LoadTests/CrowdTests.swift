import PeerSupport
import Testing

extension LoadTests {
    /// Many connections, and few places or files for them.
    struct CrowdTests {
        /// The server keeps some files for itself, and idle connections stay in four fifths of the rest.
        @Test
        func `18,000 idle connections are taken, and a client beside them is served as without them`() async throws {
            let places = OpenFiles.raiseLimit() - 32
            let crowd = min(18_000, places - 100)
            let staying = min(crowd, places * 4 / 5 - 10)
            print("\(crowd) idle connections, of which the limit of open files lets \(staying) stay")
            let arguments = ["--max-connections", "30000", "--idle-timeout", "600"]
            try await RunningServer.with { quiet in
                // The server has to raise its limit by itself.
                try await RunningServer.with(arguments, after: "ulimit -S -n 1024") { full in
                    let (_, open) = try await IdleCrowd.with(crowd, port: full.port) {
                        var comparison = LatencyComparison()
                        try await Rounds.expect(atMost: LatencyComparison.rounds) {
                            comparison.add(
                                alone: try await LatencyProbe(port: quiet.port).run(),
                                beside: try await LatencyProbe(port: full.port).run()
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
        func `when places run short those that have been idle longest go first, and no more of them than needed`()
            async throws
        {
            try await RunningServer.with(["--max-connections", "100"]) { server in
                try await PeerThread.run {
                    let first = try (0..<10).map { _ in try PeerSocket(port: server.port) }
                    for peer in first { try peer.exchange(1) }
                    let busy = try PeerSocket(port: server.port)
                    // Times are told apart by 0.1 s.
                    try busy.exchange(for: .milliseconds(300))
                    let others = try (0..<69).map { _ in try PeerSocket(port: server.port) }
                    for peer in others { try peer.exchange(1) }
                    // By now all of them have been idle for long enough, and four fifths of the places are taken.
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
        func `those who have a place notice nothing of those who wait for one`() async throws {
            try await RunningServer.with(["--max-connections", "8"]) { server in
                try await PeerThread.run {
                    let peers = try (0..<8).map { _ in try PeerSocket(port: server.port) }
                    for peer in peers { try peer.exchange(1) }
                    let waiting = try (0..<100).map { _ in try PeerSocket(port: server.port) }
                    for peer in waiting { try peer.ask([2]) }
                    // Nobody is idle, so everybody stays, though places are scarce.
                    for round in 1...2000 { for peer in peers { try peer.exchange(UInt32(round)) } }
                    #expect(waiting.allSatisfy { !$0.hasEnded })
                }
            }
        }

        // MARK: - Files

        private static func connect(_ count: Int, port: Int) async throws -> [PeerSocket] {
            try await PeerThread.run { try (0..<count).map { _ in try PeerSocket(port: port) } }
        }

        /// Being short of files costs the server next to no processor time, and others no patience.
        ///
        /// The server fills no memory meanwhile, which would cost more.
        private static func expectCalm(_ server: RunningServer, beside live: PeerSocket) async throws {
            let used = try server.processorTime()
            let (seconds, clock) = (4, ContinuousClock())
            let start = clock.now
            for turn in 1...seconds * 10 {
                try await PeerThread.run { try live.exchange(UInt32(turn)) }
                try await clock.sleep(until: start + .milliseconds(100) * turn)
            }
            let share = try (server.processorTime() - used) / .seconds(seconds)
            print("short of files or places: \(share * 100) % of a core")
            #expect(share <= 0.05)
        }

        @Test
        func `with room for 64 files 200 peers cost next to nothing, and all get their turn`() async throws {
            try await RunningServer.with(["--memory", "0"], after: "ulimit -n 64") { server in
                let live = try await PeerThread.run { try PeerSocket(port: server.port) }
                try await PeerThread.run { try live.exchange(1) }
                let peers = try await Self.connect(200, port: server.port)
                for peer in peers { try peer.ask([2]) }
                try await Self.expectCalm(server, beside: live)
                #expect(try server.log().count { $0.contains("all places are taken") } == 1)
                try await PeerThread.run {
                    for peer in peers {
                        let answers = try peer.answers(1)
                        #expect(answers == [3])
                    }
                }
            }
        }

        /// The limit is lowered beneath the running server, which has reckoned with more.
        @Test
        func `out of files the server waits calmly, says so once, and goes on within a second`() async throws {
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
                        try await Self.expectCalm(server, beside: live)
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
