import NIOCore
import NIOPosix
import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The server program at each of its limits, and with peers that misbehave.
@Suite(.timeLimit(.minutes(1)))
struct ServerLimitTests {
    // MARK: - Time limits

    @Test
    func `an idle connection closes after the idle timeout`() async throws {
        try await RunningServer.with(["--idle-timeout", "2"]) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
                #expect(try await connection.rest() == [])
            }
        }
    }

    @Test(arguments: [
        ("--idle-timeout", 4), ("--request-timeout", 2), ("--write-timeout", 4), ("--max-connection-age", 4),
    ])
    func `a time limit of 0 is none`(option: String, firstBytes: Int) async throws {
        try await RunningServer.with([option, "0"]) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.send([0, 0, 0, 7].prefix(firstBytes).map { $0 })
                // Three checks of the clocks.
                try await Task.sleep(for: .milliseconds(350))
                try await connection.send([0, 0, 0, 7].dropFirst(firstBytes).map { $0 } + [0, 0, 0, 1])
                #expect(try await connection.answers(2) == [17, 2])
            }
        }
    }

    @Test
    func `an incomplete request closes its connection after the request timeout, and others are answered meanwhile`()
        async throws
    {
        try await RunningServer.with(["--request-timeout", "0.5"]) { server in
            try await RawConnection.with(port: server.port) { slow in
                try await slow.ask([1])
                try await slow.send([0])
                #expect(try await slow.answers(1) == [2])
                try await RawConnection.with(port: server.port) { other in
                    try await other.ask([1_000_000])
                    #expect(try await other.answers(1) == [15_485_863])
                }
                #expect(try await slow.rest() == [])
            }
        }
    }

    @Test
    func `the connection of a peer that never reads closes after the write timeout`() async throws {
        try await RunningServer.with(["--write-timeout", "0.5"]) { server in
            try await RawConnection.with(port: server.port) { deaf in
                await #expect(throws: (any Error).self) {
                    // The server stops reading, and then resets the connection, so sending fails in the end.
                    while true { try await deaf.ask(Array(repeating: 1, count: 10_000)) }
                }
                try await RawConnection.with(port: server.port) { other in
                    try await other.ask([1])
                    #expect(try await other.answers(1) == [2])
                }
            }
        }
    }

    @Test
    func `a busy connection closes near its maximum age, after the answers to all requests that the server received`()
        async throws
    {
        let arguments = ["--memory", "0", "--max-connection-age", "1"]
        let (_, (answered, time, log)) = try await RunningServer.with(arguments, endsItself: true) { server in
            let (answered, time) = try await PeerThread.run {
                let clock = ContinuousClock()
                let start = clock.now
                let peer = try PeerSocket(port: server.port)
                // The M are spread over the domain, so each has to be sieved, and the server computes all the time.
                func ordinals(_ range: Range<Int>) -> [UInt32] { range.map { UInt32($0) &* 2_654_435_761 | 1 } }
                var (asked, answered) = (512, 0)
                try peer.ask(ordinals(0..<asked))
                while true {
                    let answers = try peer.answers(64)
                    let requests = ordinals(answered..<answered + answers.count)
                    #expect(zip(answers, requests).allSatisfy { PrimeRule.allows($0, for: $1) })
                    answered += answers.count
                    guard answers.count == 64 else { return (answered, clock.now - start) }
                    try peer.ask(ordinals(asked..<asked + 64))
                    asked += 64
                }
            }
            _ = try await server.timeToEnd()
            return (answered, time, try server.log())
        }
        #expect(time > .milliseconds(850))
        #expect(time < .seconds(3))
        // The server answered all requests that it received, and the peer received all of the answers.
        #expect(log.contains { $0.contains("answered=\(answered)") && $0.contains("dropped=0") })
    }

    @Test
    func `a peer that never reads cannot hold an old connection beyond the write timeout`() async throws {
        try await RunningServer.with(["--max-connection-age", "0.5", "--write-timeout", "0.5"]) { server in
            let error = try await PeerThread.run { () -> Errno? in
                let deaf = try PeerSocket(port: server.port)
                do {
                    while true { try deaf.ask(Array(repeating: 1, count: 10_000)) }
                } catch let error as Errno {
                    return error
                }
            }
            #expect(error == .connectionReset || error == .brokenPipe)
        }
    }

    @Test
    func `idle connections close at their maximum age, too`() async throws {
        try await RunningServer.with(["--max-connection-age", "0.5"]) { server in
            try await PeerThread.run {
                let peers = try (0..<200).map { _ in try PeerSocket(port: server.port) }
                for peer in peers { try peer.exchange(1) }
                // Each call waits for at most 20 s, less than the idle timeout.
                for peer in peers { #expect(try peer.receive(1) == []) }
            }
        }
    }

    // MARK: - Connections and files

    @Test
    func `a connection beyond the limit waits, and is answered when another one closes`() async throws {
        try await RunningServer.with(["--max-connections", "2", "--idle-timeout", "30"]) { server in
            try await RawConnection.with(port: server.port) { first in
                try await first.ask([1])
                #expect(try await first.answers(1) == [2])
                try await RawConnection.with(port: server.port) { second in
                    try await second.ask([2])
                    #expect(try await second.answers(1) == [3])
                    try await RawConnection.with(port: server.port) { third in
                        try await third.ask([3])
                        // The limit is near, so a connection that has been idle for a second closes.
                        #expect(try await third.answers(1) == [5])
                    }
                }
            }
        }
    }

    @Test
    func `a server that runs out of files waits, and goes on when files are free`() async throws {
        // With few files and many peers, some wait in the accept queue until others close.
        try await RunningServer.with(after: "ulimit -n 64") { server in
            try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        try await RawConnection.with(port: server.port) { connection in
                            try await connection.ask([10])
                            return try await connection.answers(1)
                        }
                    }
                }
                for try await answers in group { #expect(answers == [29]) }
            }
        }
    }

    // MARK: - Other protocols

    @Test(
        arguments: [
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n",
            "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}\u{00}\u{01}",
        ]
    )
    func `greetings of other protocols are answered as numbers`(greeting: String) async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.send(Array(greeting.utf8))
                connection.finish()
                #expect(try await connection.answers(greeting.utf8.count / 4).count == greeting.utf8.count / 4)
                #expect(try await connection.rest() == [])
            }
        }
    }

    // MARK: - Resets

    @Test
    func `resets after any byte of a request or an answer leave no file open`() async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
                let files = try server.openFileCount()
                for round in 0..<500 {
                    try await RawConnection.with(port: server.port, resets: true) { peer in
                        try await peer.send(Array(repeating: 0, count: round % 9))
                        if round.isMultiple(of: 2) { _ = try await peer.answers(round % 9 / 4) }
                    }
                }
                // The server closes the last connections soon; if it does not, the time limit ends the test.
                while try server.openFileCount() > files {}
                try await connection.ask([2])
                #expect(try await connection.answers(1) == [3])
            }
        }
    }
}
