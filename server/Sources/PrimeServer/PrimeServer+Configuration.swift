package import NIOCore
internal import NameResolution

// So that `configuration.byteOrder = .little` needs no further import.
@_exported public import enum PrimeProtocol.ByteOrder

extension PrimeServer {
    /// The address of a server, and its limits.
    public struct Configuration: Sendable {
        /// The address to listen on, or a name, which means all its addresses; `nil` for all interfaces, IPv6 and IPv4.
        public var host: String?
        /// The TCP port, 0 to 65,535; 0 takes a free one.
        public var port: Int
        /// The number of threads that compute, at least 1.
        public var threadCount = System.coreCount
        /// The byte order of the numbers on the wire.
        public var byteOrder = ByteOrder.big
        /// The maximum number of connections at once, at least 1; further ones wait in the accept queue.
        public var maxConnections = 10_000
        /// The time limits of each connection.
        public var timeLimits = TimeLimits()
        /// How long the server may take to answer the requests that it has received by graceful shutdown.
        ///
        /// By default 8 s, because supervisors such as `docker stop` kill a server after 10 s.
        public var drainTimeout = Duration.seconds(8)
        /// Finds the addresses of a host, with the port.
        package var lookUp: @Sendable (String, Int) throws -> [SocketAddress] = AddressResolver.lookUp

        /// Makes a configuration with the default of every other property.
        ///
        /// - Parameters:
        ///   - host: The address or name to listen on; `nil` for all interfaces.
        ///   - port: The TCP port, 0 to 65,535; 0 takes a free one.
        public init(host: String? = nil, port: Int) {
            self.host = host
            self.port = port
        }
    }
}
