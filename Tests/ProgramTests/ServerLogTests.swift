import PeerSupport
import SystemPackage
import Testing

/// The log of the server at debug level: the beginning and the end of each connection.
@Suite(.timeLimit(.minutes(1)))
struct ServerLogTests {
    /// A way in which a connection ends.
    struct Ending: CustomTestStringConvertible {
        let reason: String
        var arguments: [String] = []
        /// The requests that the server receives, and how many it answers; `nil` if that depends on the moment.
        var requests: Int?
        var answers: Int?
        var incompleteBytes = 0
        /// Acts as the peer; what it returns stays open until the server has ended.
        let act: @Sendable (PeerSocket) throws -> PeerSocket?

        var testDescription: String { self.reason }
    }

    private static let endings = [
        Ending(reason: "peer", requests: 3, answers: 3, incompleteBytes: 2) { peer in
            try peer.ask([0, 1, 2])
            try peer.send([0, 0])
            peer.finish()
            #expect(try peer.answers(4) == [0, 2, 3])
            return nil
        },
        Ending(reason: "failed", requests: 1, answers: 1) { peer in
            try peer.exchange(1)
            peer.willReset()
            return nil
        },
        Ending(reason: "idle", arguments: ["--idle-timeout", "0.2"], requests: 1, answers: 1) { peer in
            try peer.exchange(1)
            return try Self.awaitEnd(peer)
        },
        Ending(reason: "requestTimeout", arguments: ["--request-timeout", "0.2"], answers: 0, incompleteBytes: 3) {
            peer in
            try peer.send([0, 0, 0])
            return try Self.awaitEnd(peer)
        },
        Ending(reason: "writeTimeout", arguments: ["--write-timeout", "0.2"]) { peer in
            // The peer reads nothing, so sending fails in the end.
            while (try? peer.ask(Array(repeating: 1, count: 10_000))) != nil {}
            return nil
        },
        Ending(reason: "age", arguments: ["--max-connection-age", "0.2"], requests: 1, answers: 1) { peer in
            try peer.exchange(1)
            return try Self.awaitEnd(peer)
        },
        Ending(reason: "displaced", arguments: ["--max-connections", "1"], requests: 1, answers: 1) { peer in
            try peer.exchange(1)
            return try Self.awaitEnd(peer)
        },
        Ending(reason: "stopping", requests: 1, answers: 1) { peer in
            try peer.exchange(1)
            return peer
        },
        Ending(reason: "drainTimeout", arguments: ["--memory", "0", "--threads", "1", "--drain-timeout", "0"]) { peer in
            // The M are spread over the domain, so each has to be sieved.
            try peer.ask((1...4000).map { UInt32($0) &* 2_654_435_761 })
            #expect(try peer.answers(1).count == 1)
            return peer
        },
    ]

    private static func awaitEnd(_ peer: PeerSocket) throws -> PeerSocket? {
        #expect(try peer.receive(1) == [])
        return nil
    }

    /// Runs the server at a level, and returns the log of the connection of one peer, which has the address 127.0.0.7.
    private static func log(at level: String, of ending: Ending) async throws -> [String] {
        let arguments = ["--log-level", level] + ending.arguments
        return try await RunningServer.with(arguments, endsItself: true) { server in
            let peer = try await PeerThread.run { try ending.act(PeerSocket(port: server.port, from: 7)) }
            _ = try await server.timeToEnd()
            return try withExtendedLifetime(peer) { try server.log() }
        }.result.filter { $0.contains("peer=127.0.0.7:") }
    }

    @Test(arguments: endings)
    func `the debug log tells when a peer came, and why, how and with what it went`(ending: Ending) async throws {
        let log = try await Self.log(at: "debug", of: ending)
        let isFailure = ending.reason == "failed"
        try #require(log.count == (isFailure ? 3 : 2), "\(log)")
        #expect(log[0].hasSuffix(" accepted"))
        #expect(log[0].contains(" debug "))
        #expect(!isFailure || log[1].contains("error=Connection reset by peer") && log[1].hasSuffix(" failed"))
        let closed = log[log.count - 1]
        #expect(closed.hasSuffix(" closed"))
        #expect(Self.value("reason", in: closed) == ending.reason)
        #expect(Self.value("peer", in: closed) == Self.value("peer", in: log[0]))
        #expect(Self.value("incompleteBytes", in: closed) == "\(ending.incompleteBytes)")
        let requests = try #require(Int(Self.value("requests", in: closed)))
        let answers = try #require(Int(Self.value("answers", in: closed)))
        let milliseconds = try #require(Int(Self.value("milliseconds", in: closed)))
        #expect(ending.requests.map { $0 == requests } ?? (answers <= requests))
        #expect(ending.answers.map { $0 == answers } ?? (answers > 0))
        #expect(milliseconds >= (ending.arguments.last == "0.2" ? 100 : 0))
    }

    @Test
    func `the trace log tells of each piece of requests and answers, too`() async throws {
        let log = try await Self.log(at: "trace", of: Self.endings[1])
        #expect(log.count { $0.contains(" requests=1 ") && $0.hasSuffix(" received") } == 1, "\(log)")
        #expect(log.count { $0.contains(" answers=1 ") && $0.hasSuffix(" answered") } == 1, "\(log)")
    }

    @Test
    func `the usual log tells of no connection`() async throws {
        #expect(try await Self.log(at: "info", of: Self.endings[0]) == [])
    }

    /// Returns the value of a key; empty if the line does not have it.
    private static func value(_ key: String, in line: String) -> String {
        line.split(separator: " ").first { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) } ?? ""
    }
}
