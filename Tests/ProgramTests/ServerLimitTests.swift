import NIOCore
import NIOPosix
import PeerSupport
import Subprocess
import Testing

/// What the server does at each of its limits, and with peers that misbehave.
@Suite(.timeLimit(.minutes(1)))
struct ServerLimitTests {
    // MARK: - Clocks

    @Test
    func `a connection that asks nothing more ends after the idle timeout`() async throws {
        try await RunningServer.with(["--idle-timeout", "2"]) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
                #expect(try await connection.rest() == [])
            }
        }
    }

    @Test
    func `a request that comes byte by byte ends after the request timeout, others are answered meanwhile`()
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
    func `a peer that never reads ends after the write timeout`() async throws {
        try await RunningServer.with(["--write-timeout", "0.5"]) { server in
            try await RawConnection.with(port: server.port) { deaf in
                await #expect(throws: (any Error).self) {
                    // The server stops reading, and then resets: sooner or later sending fails.
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
    func `an old connection ends after an answer, not before it`() async throws {
        try await RunningServer.with(["--max-connection-age", "0.5"]) { server in
            try await RawConnection.with(port: server.port) { connection in
                var count = 0
                do {
                    while true {
                        try await connection.ask([UInt32.max])
                        guard try await connection.answers(1) == [104_484_802_043] else { break }
                        count += 1
                    }
                } catch {
                    // The end may be met by sending or by receiving.
                }
                #expect(count > 0)
            }
        }
    }

    // MARK: - Places and files

    @Test
    func `one connection too many waits, and is answered when a place falls free`() async throws {
        try await RunningServer.with(["--max-connections", "2", "--idle-timeout", "30"]) { server in
            try await RawConnection.with(port: server.port) { first in
                try await first.ask([1])
                #expect(try await first.answers(1) == [2])
                try await RawConnection.with(port: server.port) { second in
                    try await second.ask([2])
                    #expect(try await second.answers(1) == [3])
                    try await RawConnection.with(port: server.port) { third in
                        try await third.ask([3])
                        // The places are scarce, so one that has been idle for a second goes.
                        #expect(try await third.answers(1) == [5])
                    }
                }
            }
        }
    }

    @Test
    func `without files the server waits for some, and goes on`() async throws {
        // Few files, many peers: those beyond wait in the kernel's queue, and are answered as others leave.
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

    // MARK: - What is no request

    @Test(
        arguments: [
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n",
            "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}\u{00}\u{01}",
        ]
    )
    func `greetings of other protocols are numbers like any other`(greeting: String) async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.send(Array(greeting.utf8))
                connection.finish()
                #expect(try await connection.answers(greeting.utf8.count / 4).count == greeting.utf8.count / 4)
                #expect(try await connection.rest() == [])
            }
        }
    }

    // MARK: - Peers that go

    @Test
    func `resets at every byte of requests and answers leave no file open`() async throws {
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
                // An answer later, the last of them has been seen to; one that is late has gone within the test's time.
                while try server.openFileCount() > files {}
                try await connection.ask([2])
                #expect(try await connection.answers(1) == [3])
            }
        }
    }
}
