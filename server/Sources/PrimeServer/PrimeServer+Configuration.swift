public import NIOCore
public import PrimeProtocol

extension PrimeServer {
    /// Where a server listens, and what it allows itself and its peers.
    public struct Configuration: Sendable {
        /// The address or name to listen on; `nil` for all interfaces, IPv6 and IPv4.
        public var host: String?
        /// The TCP port, from 0 to 65,535; 0 takes a free one.
        public var port: Int
        /// How many threads compute; at least 1.
        public var threadCount: Int
        /// How numbers travel.
        public var byteOrder: ByteOrder
        /// How many connections there may be at once; more wait until a place falls free.
        public var maxConnections = 10_000
        /// How long a connection may ask nothing; `nil` for ever.
        public var idleTimeout: Duration? = .seconds(60)
        /// How long a request may take from its first byte to its last; `nil` for ever.
        public var requestTimeout: Duration? = .seconds(10)
        /// How long a peer may leave its answers untaken; `nil` for ever.
        public var writeTimeout: Duration? = .seconds(10)
        /// How old a connection may grow, give or take a tenth; it ends between two answers.
        ///
        /// `nil` is for ever.
        public var maxConnectionAge: Duration?
        /// How long the answers to requests already received may take, once the server is stopping.
        public var drainTimeout: Duration = .seconds(10)

        /// Names the port, and takes the defaults for the rest.
        public init(
            host: String? = nil,
            port: Int,
            threadCount: Int = System.coreCount,
            byteOrder: ByteOrder = .big
        ) {
            self.host = host
            self.port = port
            self.threadCount = threadCount
            self.byteOrder = byteOrder
        }

        var clockLimits: ConnectionClocks.Limits {
            ConnectionClocks.Limits(
                idle: self.idleTimeout.map(TimeAmount.init),
                request: self.requestTimeout.map(TimeAmount.init),
                write: self.writeTimeout.map(TimeAmount.init),
                age: self.maxConnectionAge.map(TimeAmount.init)
            )
        }
    }
}
