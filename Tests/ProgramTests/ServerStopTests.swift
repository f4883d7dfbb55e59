import PeerSupport
import Subprocess
import Testing

/// The end of the server program: signals, and the drain timeout.
@Suite(.timeLimit(.minutes(1)))
struct ServerStopTests {
    @Test(arguments: [Signal.terminate, Signal.interrupt, Signal.terminalClosed])
    func `at SIGTERM, SIGINT and SIGHUP the server answers what it has received, then exits with 0`(
        signal: Signal
    ) async throws {
        let (status, _) = try await RunningServer.with(["--threads", "1"], endsItself: true) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask(Array(repeating: .max, count: 1000))
                // The first answer shows that the server has received all requests, because they fit into one read.
                #expect(try await connection.answers(1) == [104_484_802_043])
                try server.send(signal)
                #expect(try await connection.answers(999).count == 999)
                #expect(try await connection.rest() == [])
            }
        }
        #expect(status == .exited(0))
    }

    @Test
    func `a server that was started with SIGHUP ignored goes on ignoring it`() async throws {
        let (status, log) = try await RunningServer.with(after: "trap '' HUP", endsItself: true) { server in
            try server.send(.terminalClosed)
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
            }
            _ = try await server.timeToEnd()
            return try server.log()
        }
        #expect(status == .exited(0))
        #expect(!log.contains { $0.contains("SIGHUP") })
    }

    @Test
    func `signals that come together do not end the server at once`() async throws {
        let (status, _) = try await RunningServer.with(["--threads", "1"], endsItself: true) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask(Array(repeating: .max, count: 1000))
                #expect(try await connection.answers(1) == [104_484_802_043])
                for signal in [Signal.terminalClosed, .terminate, .terminalClosed, .terminate] {
                    try server.send(signal)
                }
                #expect(try await connection.answers(999).count == 999)
            }
        }
        #expect(status == .exited(0))
    }

    @Test
    func `while it answers what it has received, a stopping server refuses connections`() async throws {
        let (status, _) = try await RunningServer.with(endsItself: true) { server in
            try await PeerThread.run {
                let deaf = try PeerSocket(port: server.port, patience: .seconds(0.2))
                // Sending fails when all buffers are full, so the server cannot end before its write timeout.
                while (try? deaf.ask(Array(repeating: 1, count: 10_000))) != nil {}
                try PeerSocket(port: server.port).exchange(1)
                try server.send(.terminate)
                // The time limit ends the test if the server goes on listening.
                while (try? PeerSocket(port: server.port)) != nil {}
                #expect(try server.openFileCount() > 0)
                try server.send(.terminate)
                withExtendedLifetime(deaf) {}
            }
        }
        #expect(status == .exited(1))
    }

    @Test
    func `a drain timeout of 0 waits for no answer`() async throws {
        let arguments = ["--memory", "0", "--threads", "1", "--drain-timeout", "0"]
        let (status, log) = try await RunningServer.with(arguments, endsItself: true) { server in
            let peer = try await PeerThread.run {
                let peer = try PeerSocket(port: server.port)
                // The M are spread over the domain, so each has to be sieved.
                try peer.ask((1...4000).map { UInt32($0) &* 2_654_435_761 })
                #expect(try peer.answers(1).count == 1)
                return peer
            }
            try server.send(.terminate)
            try await server.ended()
            return try withExtendedLifetime(peer) { try server.log() }
        }
        #expect(status == .exited(0))
        #expect(log.contains { $0.contains("drain timeout") })
    }

    @Test
    func `idle connections do not delay the end of the server`() async throws {
        let (status, _) = try await RunningServer.with(endsItself: true) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
                try server.send(.terminate)
                #expect(try await connection.rest() == [])
            }
        }
        #expect(status == .exited(0))
    }

    @Test
    func `at the drain timeout the server drops unanswered requests and exits with 0`() async throws {
        let (status, _) = try await RunningServer.with(["--threads", "1", "--drain-timeout", "0.01"], endsItself: true)
        {
            server in
            try await withThrowingTaskGroup(of: Int.self) { group in
                let (taken, tookRequests) = AsyncStream.makeStream(of: Void.self)
                for _ in 0..<50 {
                    group.addTask {
                        try await RawConnection.with(port: server.port) { connection in
                            // The M are spread over the domain, so each has to be sieved: seconds of work.
                            try await connection.ask((1...10_000).map { UInt32($0) &* 2_654_435_761 })
                            let first = try await connection.answers(1).count
                            tookRequests.yield()
                            // The connection may end with an error; the answers before that count.
                            return first + ((try? await connection.answers(9999).count) ?? 0)
                        }
                    }
                }
                var waiting = taken.makeAsyncIterator()
                for _ in 0..<50 { await waiting.next() }
                try server.send(.terminate)
                let answered = try await group.reduce(0, +)
                #expect(answered < 50 * 10_000)
            }
        }
        #expect(status == .exited(0))
    }

    /// The pool's threads fulfil promises of the event loops, so the pool has to end first.
    @Test
    func `when the drain timeout cuts off cold work, the pool ends before the event loops`() async throws {
        let (status, log) = try await RunningServer.with(
            ["--memory", "0", "--drain-timeout", "0.2"],
            // SwiftNIO then crashes, rather than logs, if a promise is fulfilled after the end of its event loop.
            environment: ["SWIFTNIO_STRICT": "1"],
            endsItself: true
        ) { server in
            let peers = try await PeerThread.run {
                let peers = try (0..<100).map { _ in try PeerSocket(port: server.port) }
                // 400,000 M are spread over the domain, so each has to be sieved: seconds of work.
                for peer in peers { try peer.ask((1...4000).map { UInt32($0) &* 2_654_435_761 }) }
                // The first answers show that the pool is busy; half of the peers read nothing.
                for peer in peers.prefix(50) { #expect(try peer.answers(1).count == 1) }
                return peers
            }
            try server.send(.terminate)
            try await server.ended()
            return try withExtendedLifetime(peers) { try server.log() }
        }
        #expect(status == .exited(0))
        #expect(log.contains { $0.contains("drain timeout") })
        #expect(!log.contains { $0.contains("Cannot schedule tasks") })
    }
}
