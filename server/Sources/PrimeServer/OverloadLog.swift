internal import Logging
internal import NIOCore
internal import Synchronization

/// The warnings of a server that accepts connections under difficulties.
///
/// Within 10 s the same message is a warning once, and then for debugging only.
final class OverloadLog: Sendable {
    /// The least time between two log lines with the same message.
    private static let interval = TimeAmount.seconds(10)

    let logger: Logger
    private let lastLogged = Mutex<[String: NIODeadline]>([:])

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Logs a warning; at debug level if the same one was logged a short time ago.
    func warning(_ message: Logger.Message, _ metadata: Logger.Metadata) {
        let isDue = self.lastLogged.withLock { lastLogged in
            let now = NIODeadline.now()
            if let last = lastLogged[message.description], now - last < Self.interval { return false }
            lastLogged[message.description] = now
            return true
        }
        self.logger.log(level: isDue ? .warning : .debug, message, metadata: metadata)
    }
}
