import PeerSupport
import Testing

extension LongLoadTests {
    /// Input that this project's client never sends.
    struct BadInputTests {
        private static let connectionCount = 4
        private static let requestsPerConnection = 25_000_000 / connectionCount

        /// Returns random requests, with a zero at every 10,000th place, because chance would hardly bring one.
        private static func randomRequests() -> [UInt32] {
            (0..<self.requestsPerConnection).map { $0.isMultiple(of: 10_000) ? 0 : .random(in: 0...(.max)) }
        }

        /// Sends random requests on one thread, and checks the answers on another.
        ///
        /// - Returns: The requests whose answers are wrong or missing.
        private static func exchange(port: Int) async throws -> [UInt32] {
            let (socket, requests) = try await PeerThread.run { (try PeerSocket(port: port), self.randomRequests()) }
            return try await PeerThread.run(count: 2) { thread -> [UInt32] in
                if thread == 0 {
                    try socket.ask(requests)
                    socket.finish()
                    return []
                }
                var wrong: [UInt32] = []
                for first in stride(from: 0, to: requests.count, by: 10_000) {
                    let piece = requests[first..<min(first + 10_000, requests.count)]
                    let answers = try socket.answers(piece.count)
                    wrong += zip(piece, answers).filter { !PrimeRule.allows($1, for: $0) }.map(\.0)
                    wrong += piece.dropFirst(answers.count)
                }
                let rest = try socket.receive(1)
                #expect(rest == [])
                return wrong
            }[1]
        }

        @Test
        func `100 MB of random bytes are answered, four bytes at a time`() async throws {
            try await RunningServer.with { server in
                try await withThrowingTaskGroup(of: [UInt32].self) { group in
                    for _ in 0..<Self.connectionCount { group.addTask { try await Self.exchange(port: server.port) } }
                    for try await wrong in group { #expect(wrong == []) }
                }
            }
        }
    }
}
