internal import Glibc
public import NIOCore

/// Connections that have each had one answer and are idle; they close when this value ends.
public struct IdleConnections: ~Copyable {
    /// The longest time to wait for an answer.
    private static let patienceMilliseconds: Int32 = 10_000

    private var connections: [LoadConnection] = []

    /// Opens the connections, one after another.
    ///
    /// - Parameters:
    ///   - count: The number of connections; each counts against the limit on open files.
    ///   - address: The address that the server listens on.
    ///   - questions: Each connection asks one of these.
    /// - Throws: ``LoadError`` if the system has no more connections, or an answer is missing or wrong.
    public init(count: Int, to address: SocketAddress, asking questions: Questions) throws(LoadError) {
        var events = EventQueue()
        var buffer: [UInt64] = [0, 0]
        var report = LoadReport()
        for place in 0..<count {
            let socket = try LoadSocket(connectingTo: address, from: nil)
            var connection = LoadConnection(startingAt: place, depth: 1)
            connection.open(socket)
            connection.ask(1, now: 0)
            let isSent = connection.send(questions)
            events.add(socket, token: place, isFull: !isSent)
            self.connections.append(connection)
            while self.connections[place].inFlight > 0 {
                guard events.wait(milliseconds: Self.patienceMilliseconds) > 0 else {
                    throw LoadError(call: "answer on connection \(place + 1)", errno: ETIMEDOUT)
                }
                _ = self.connections[place].send(questions)
                let outcome = self.connections[place].receive(
                    into: &buffer,
                    checkingWith: questions,
                    reportingTo: &report,
                    now: { 0 }
                )
                guard case .ended = outcome else { continue }
                throw LoadError(call: "answer on connection \(place + 1)", errno: ECONNRESET)
            }
        }
        guard report.wrongAnswers == 0 else { throw LoadError(call: "right answer", errno: EPROTO) }
    }

    deinit {
        for var connection in self.connections { connection.close() }
    }
}
