public import NIOCore

/// How a server is asked.
public struct LoadPlan: Sendable {
    /// When the asking ends.
    public enum Limit: Sendable {
        /// After this time; what was asked is still waited for.
        case duration(Duration)
        /// After so many requests, in all threads together.
        case requests(Int)
    }

    /// Where the server listens.
    public var address: SocketAddress
    /// How many connections are open at once, at least 1; spread over the threads.
    public var connections: Int
    /// How many requests a connection has unanswered, at least 1: as answers come, as many requests follow.
    public var depth: Int
    /// Whether a connection ends when its ``depth`` requests are answered, and another takes its place.
    public var reconnects: Bool
    /// How many threads ask, at least 1.
    public var threads: Int
    /// When the asking ends.
    public var limit: Limit

    /// Asks one thing after another on kept connections, unless told otherwise.
    ///
    /// - Parameters:
    ///   - address: Where the server listens.
    ///   - connections: How many are open at once, at least 1.
    ///   - depth: How many requests a connection has unanswered, at least 1.
    ///   - reconnects: Whether a connection ends when its requests are answered, and another takes its place.
    ///   - threads: How many threads ask, at least 1.
    ///   - limit: When the asking ends.
    public init(
        address: SocketAddress,
        connections: Int = 1,
        depth: Int = 1,
        reconnects: Bool = false,
        threads: Int = 1,
        limit: Limit
    ) {
        precondition(connections > 0 && depth > 0 && threads > 0, "a plan needs one of each at least")
        self.address = address
        self.connections = connections
        self.depth = depth
        self.reconnects = reconnects
        self.threads = min(threads, connections)
        self.limit = limit
    }

    /// Where connections come from, in turns; empty to leave it to the kernel.
    ///
    /// A port is not free again until a second after its connection has ended (TIME-WAIT, shortened on loopback), so from a
    /// single address the kernel connects to one server 14,116 times a second (half of its 28,232 ports, measured), and
    /// spends half of the caller's time in searching. On loopback there are addresses to spare.
    var sources: [SocketAddress] {
        guard self.reconnects, self.address.ipAddress?.hasPrefix("127.") == true else { return [] }
        return (1...16).compactMap { try? SocketAddress(ipAddress: "127.0.0.\($0)", port: 0) }
    }
}
