internal import Logging
package import NIOCore
internal import NameResolution

/// The log of one connection at debug and trace level.
///
/// At other levels a connection has none, so its counts take neither memory nor time there.
final class ConnectionLog {
    private let logger: Logger
    private let begun = NIODeadline.now()
    private var requests = 0
    private var answers = 0

    /// Logs that a connection was accepted; `nil` if the logger is not at debug level.
    init?(_ logger: Logger, peer: @autoclosure () -> SocketAddress?) {
        guard logger.logLevel <= .debug else { return nil }
        var logger = logger
        // Kept, because a closed channel has no address any more.
        logger[metadataKey: "peer"] = "\(peer()?.hostAndPort ?? "unknown")"
        self.logger = logger
        logger.debug("accepted")
    }

    /// Counts requests that were received completely.
    func received(_ count: Int) {
        self.requests += count
        self.logger.trace("received", metadata: ["requests": "\(count)"])
    }

    /// Counts answers that were written.
    func answered(_ count: Int) {
        self.answers += count
        self.logger.trace("answered", metadata: ["answers": "\(count)"])
    }

    /// Logs an error that ends the connection.
    func failed(_ error: any Error) {
        self.logger.debug("failed", metadata: ["error": "\(error.systemDescription)"])
    }

    /// Logs the end of the connection.
    func closed(_ reason: CloseReason, incompleteBytes: Int) {
        self.logger.debug(
            "closed",
            metadata: [
                "reason": "\(reason)", "requests": "\(self.requests)", "answers": "\(self.answers)",
                "incompleteBytes": "\(incompleteBytes)",
                "milliseconds": "\((NIODeadline.now() - self.begun).nanoseconds / 1_000_000)",
            ]
        )
    }
}

extension SocketAddress {
    /// The address as in `127.0.0.1:8080` or `[::1]:8080`.
    ///
    /// A socket of IPv6 that includes IPv4 has peers such as `::ffff:127.0.0.1`; they have their IPv4 address here.
    package var hostAndPort: String {
        let address = self.ipAddress ?? ""
        let host = address.contains(".") ? address.replacing(/^::ffff:/, with: "") : address
        return "\(host.contains(":") ? "[\(host)]" : host):\(self.port ?? 0)"
    }
}
