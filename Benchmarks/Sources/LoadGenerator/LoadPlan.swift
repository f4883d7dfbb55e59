public import NIOCore

/// The load that a server is put under.
public struct LoadPlan: Sendable {
    /// When a run ends.
    public enum Limit: Sendable {
        /// After this time and the answers to all requests sent by then.
        case duration(Duration)
        /// After this many requests of all threads together.
        case requests(Int)
    }

    /// The address that the server listens on.
    public var address: SocketAddress
    /// The number of connections open at once, at least 1; the threads share them.
    public var connections: Int
    /// The number of requests in flight on a connection, at least 1: each answer is followed by a new request.
    public var depth: Int
    /// Whether a connection closes when its ``depth`` requests are answered, and a new one replaces it.
    public var reconnects: Bool
    /// The number of threads, at least 1.
    public var threads: Int
    /// When the run ends.
    public var limit: Limit

    /// Plans a run; by default one connection with one request in flight.
    ///
    /// - Parameters:
    ///   - address: The address that the server listens on.
    ///   - connections: The number of connections open at once, at least 1.
    ///   - depth: The number of requests in flight on a connection, at least 1.
    ///   - reconnects: Whether a connection closes when its requests are answered, and a new one replaces it.
    ///   - threads: The number of threads, at least 1; more threads than connections have no effect.
    ///   - limit: When the run ends.
    public init(
        address: SocketAddress,
        connections: Int = 1,
        depth: Int = 1,
        reconnects: Bool = false,
        threads: Int = 1,
        limit: Limit
    ) {
        precondition(connections > 0 && depth > 0 && threads > 0, "connections, depth and threads must be at least 1")
        self.address = address
        self.connections = connections
        self.depth = depth
        self.reconnects = reconnects
        self.threads = min(threads, connections)
        self.limit = limit
    }

    /// The local addresses that new connections use in turn; empty to let the kernel choose.
    ///
    /// After a close, a local port stays in TIME-WAIT; on loopback the kernel reuses it after one second. From a single
    /// address only 14,116 connections a second to one server were possible (measured; half of the 28,232 ports), and
    /// half of the time went into the search for a port. Loopback has addresses to spare.
    var sources: [SocketAddress] {
        guard self.reconnects, self.address.ipAddress?.hasPrefix("127.") == true else { return [] }
        return (1...16).compactMap { try? SocketAddress(ipAddress: "127.0.0.\($0)", port: 0) }
    }
}
