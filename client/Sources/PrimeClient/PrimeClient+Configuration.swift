package import NIOCore
public import PrimeProtocol

extension PrimeClient {
    /// How a client asks.
    public struct Configuration: Sendable {
        /// How connections are used.
        public enum ConnectionUse: Sendable {
            /// Many questions are under way on each connection at once, and it is kept for those to come.
            case pipelined
            /// Each question opens a connection of its own.
            case oneQuestionEach
        }

        /// How connections are used; pipelined is faster by far.
        public let connectionUse: ConnectionUse
        /// How many connections may be open at once, at least 1; fewer are, while fewer do.
        public var connectionLimit: Int
        /// How many questions may be unanswered on a pipelined connection, at least 1.
        ///
        /// The server reads no further than 1,024; the rest would wait on the way. Two such windows are kept full by a
        /// few thousand questions, which is also what the answers of one turn of the event loop come to.
        public var questionsPerConnection = 2048
        /// How long connecting may take, and how long the server may then go without an answer while it owes one.
        public var timeout: Duration = .seconds(10)
        /// How often connecting is tried again, and a question asked again that got no answer in time; from 0.
        ///
        /// A question whose connection broke without any answer is asked again twice as often. The pauses between grow
        /// from a tenth of a second to five seconds, give or take a quarter.
        public var retries = 5
        /// How numbers travel.
        public var byteOrder: ByteOrder = .big
        /// Finds the addresses of a host, with the port.
        package var lookUp: @Sendable (String, Int) throws -> [SocketAddress] = AddressResolver.lookUp

        /// Traps where a number is out of its range, and tells which.
        func check() {
            precondition(self.connectionLimit >= 1, "connectionLimit is \(self.connectionLimit); take 1 or more")
            precondition(
                self.questionsPerConnection >= 1,
                "questionsPerConnection is \(self.questionsPerConnection); take 1 or more"
            )
            precondition(self.timeout > .zero, "timeout is \(self.timeout); take more than nothing")
            precondition(self.retries >= 0, "retries are \(self.retries); take 0 or more")
        }

        /// Describes a client; all else can be set afterwards.
        ///
        /// - Parameters:
        ///   - connectionUse: How connections are used.
        ///   - connectionLimit: How many connections may be open at once; by default 4 pipelined ones, or 64 with one
        ///     question each.
        public init(connectionUse: ConnectionUse = .pipelined, connectionLimit: Int? = nil) {
            self.connectionUse = connectionUse
            self.connectionLimit = connectionLimit ?? (connectionUse == .pipelined ? 4 : 64)
        }
    }
}
