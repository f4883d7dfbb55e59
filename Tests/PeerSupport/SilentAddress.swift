internal import NIOCore
internal import NIOPosix

/// An address that does not react to connection attempts, as if no machine were there.
///
/// The accept queue is full, so the kernel drops each new SYN.
package enum SilentAddress {
    /// Listens without accepting, and fills the accept queue, until `body` returns.
    ///
    /// - Parameters:
    ///   - host: The address.
    ///   - port: The port; 0 for a free one.
    ///   - body: Receives the port.
    /// - Throws: What binding the port or `body` throws.
    package static func with(
        host: String = "127.0.0.1",
        port: Int = 0,
        _ body: (Int) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 0)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: host, port: port).get()
        let port = listener.localAddress?.port ?? 0
        do {
            let filling = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.milliseconds(200))
            while (try? await filling.connect(host: host, port: port).get()) != nil {}
            try await body(port)
        } catch {
            try await listener.close()
            throw error
        }
        try await listener.close()
    }
}
