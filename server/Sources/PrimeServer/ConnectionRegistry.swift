internal import NIOCore
internal import Synchronization

/// The connections that are open, so that stopping reaches every one of them.
final class ConnectionRegistry: Sendable {
    /// By identity; a channel is in here from its first moment until it has closed.
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// Keeps a channel until it closes.
    func add(_ channel: any Channel) {
        let identity = ObjectIdentifier(channel)
        self.channels.withLock { $0[identity] = channel }
        channel.closeFuture.whenComplete { _ in
            _ = self.channels.withLock { $0.removeValue(forKey: identity) }
        }
    }

    /// The channels that are open now.
    var open: [any Channel] {
        self.channels.withLock { Array($0.values) }
    }
}
