package import NIOCore
internal import NameResolution

// So that `configuration.byteOrder = .little` needs no further import.
@_exported public import enum PrimeProtocol.ByteOrder

extension PrimeClient {
    /// The settings of a client.
    public struct Configuration: Sendable {
        /// How connections are used.
        public enum ConnectionUse: Sendable {
            /// A connection carries many questions at once, and stays open for later ones.
            case pipelined
            /// Each question opens a connection of its own.
            case oneQuestionEach
        }

        /// How connections are used.
        ///
        /// Pipelined connections answer over a hundred times as many questions a second.
        public let connectionUse: ConnectionUse
        /// The maximum number of open connections, at least 1.
        ///
        /// The client opens as many as its questions need.
        public var connectionLimit: Int
        /// The maximum number of unanswered questions on a pipelined connection, at least 1.
        ///
        /// The server reads at most 1,024 requests ahead. With twice as many, the next ones are on their way while it
        /// answers.
        public var questionsPerConnection = 2048
        /// The limit for connecting, and for the time without an answer while the server owes one; more than zero, or
        /// `nil` for no limit.
        public var timeout: Duration? = .seconds(10)
        /// How many times to connect again after a failure, and to ask a question again after a time-out; at least 0.
        ///
        /// If a connection breaks before its first answer, its questions are asked again up to twice as many times. The
        /// pauses between attempts grow from 0.1 to 5 seconds, each with a jitter of a quarter.
        public var retries = 5
        /// The byte order of the numbers on a connection; the server's must be the same.
        public var byteOrder: ByteOrder = .big
        /// Called before a retry, once for each kind of failure until the next answer; a shortage is told once.
        package var onTrouble: @Sendable (PrimeClientError) -> Void = { _ in }
        /// Finds the addresses of a host, with the port.
        package var lookUp: @Sendable (String, Int) throws -> [SocketAddress] = AddressResolver.lookUp

        /// Traps if a setting is out of its range.
        func check() {
            precondition(self.connectionLimit >= 1, "connectionLimit is \(self.connectionLimit); it must be at least 1")
            precondition(
                self.questionsPerConnection >= 1,
                "questionsPerConnection is \(self.questionsPerConnection); it must be at least 1"
            )
            if let timeout = self.timeout {
                precondition(timeout > .zero, "timeout is \(timeout); it must be more than zero")
            }
            precondition(self.retries >= 0, "retries is \(self.retries); it must be at least 0")
        }

        /// Creates settings with defaults for all that is not given.
        ///
        /// - Parameters:
        ///   - connectionUse: How connections are used.
        ///   - connectionLimit: The maximum number of open connections; by default 4 if pipelined, else 64.
        public init(connectionUse: ConnectionUse = .pipelined, connectionLimit: Int? = nil) {
            self.connectionUse = connectionUse
            self.connectionLimit = connectionLimit ?? (connectionUse == .pipelined ? 4 : 64)
        }
    }
}
