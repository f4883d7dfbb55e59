internal import NIOCore
internal import NIOPosix

/// An address at which nobody answers to who wants to connect, as if there were no machine: its kernel's queue is full, so
/// it drops what comes.
package enum SilentAddress {
    /// Opens and fills a queue that nobody takes connections from, while `body` runs.
    ///
    /// - Parameters:
    ///   - host: The address.
    ///   - port: The port; 0 for a free one.
    ///   - body: Given the port.
    /// - Throws: What opening the port throws, or `body`.
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
