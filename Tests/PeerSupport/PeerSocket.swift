internal import Glibc
package import SystemPackage

/// A TCP connection to a server on this machine, whose every call blocks: for a ``PeerThread``.
///
/// It closes when it is let go of.
package final class PeerSocket: Sendable {
    private let descriptor: CInt

    /// Connects.
    ///
    /// - Parameters:
    ///   - port: The server's.
    ///   - host: Comes from 127.0.0.`host`: each has ports of its own.
    ///   - patience: No call blocks for longer.
    /// - Throws: `Errno` if there is nobody, or the system has no more sockets.
    package init(port: Int, from host: UInt8 = 1, patience: Duration = .seconds(20)) throws(Errno) {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard self.descriptor >= 0 else { throw Errno(rawValue: errno) }
        // Without it a small request waits for the acknowledgement of the one before.
        self.set(TCP_NODELAY, level: CInt(IPPROTO_TCP), to: CInt(1))
        self.setPatience(patience)
        // Leaves the choice of the port to `connect`, which knows what it must differ from.
        self.set(IP_BIND_ADDRESS_NO_PORT, level: CInt(IPPROTO_IP), to: CInt(1))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Safe: both addresses outlive the calls, and are as long as they say.
        _ = unsafe Self.withAddress(host: host, port: 0) { unsafe bind(self.descriptor, $0, size) }
        guard unsafe Self.withAddress(host: 1, port: port, { unsafe connect(self.descriptor, $0, size) }) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    private init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Makes two sockets that are connected with each other, as those are that `inetd` and service managers hand over.
    ///
    /// - Parameter patience: No call of the first blocks for longer.
    /// - Returns: One to speak on, and one for a program.
    /// - Throws: `Errno` if the system has no more sockets.
    package static func pair(patience: Duration = .seconds(20)) throws(Errno) -> (PeerSocket, FileDescriptor) {
        var ends: [CInt] = [-1, -1]
        // Safe: the array has the two places that are filled.
        guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Errno(rawValue: errno)
        }
        let peer = PeerSocket(ends[0])
        peer.setPatience(patience)
        return (peer, FileDescriptor(rawValue: ends[1]))
    }

    deinit {
        close(self.descriptor)
    }

    // MARK: - Asking

    /// Sends bytes.
    ///
    /// - Throws: `Errno` if the connection has failed, or nothing could be sent for too long.
    package func send(_ bytes: [UInt8]) throws(Errno) {
        var sent = 0
        while sent < bytes.count {
            // Safe: the range is the array's own.
            let count = unsafe bytes.withUnsafeBytes {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: $0[sent...])
                return unsafe Glibc.send(self.descriptor, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
            }
            guard count >= 0 || errno == EINTR else { throw Errno(rawValue: errno) }
            sent += max(0, count)
        }
    }

    /// Sends requests, glued together.
    ///
    /// - Throws: `Errno` if the connection has failed, or nothing could be sent for too long.
    package func ask(_ ordinals: some Sequence<UInt32>) throws(Errno) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * ordinals.underestimatedCount)
        for ordinal in ordinals {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: ordinal >> shift)) }
        }
        try self.send(bytes)
    }

    /// Waits for bytes.
    ///
    /// - Returns: So many, or fewer if the stream ended before.
    /// - Throws: `Errno` if the connection has failed, or nothing came for too long.
    package func receive(_ count: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            // Safe: the range is the array's own.
            let more = unsafe bytes.withUnsafeMutableBytes {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: $0[received...])
                return unsafe recv(self.descriptor, rest.baseAddress, rest.count, 0)
            }
            guard more >= 0 || errno == EINTR else { throw Errno(rawValue: errno) }
            if more == 0 { break }
            received += max(0, more)
        }
        return Array(bytes.prefix(received))
    }

    /// Waits for answers.
    ///
    /// - Returns: So many, or fewer if the stream ended before.
    /// - Throws: `Errno` if the connection has failed, or nothing came for too long.
    package func answers(_ count: Int) throws(Errno) -> [UInt64] {
        let bytes = try self.receive(8 * count)
        return stride(from: 0, to: bytes.count - 7, by: 8).map { place in
            bytes[place..<place + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    // MARK: - Ending

    /// Whether the server has ended the connection, in order or not, and all that came before is received.
    package var hasEnded: Bool {
        var byte: UInt8 = 0
        let count = unsafe recv(self.descriptor, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT))
        return count == 0 || count < 0 && errno != EAGAIN
    }

    /// Closes the sending side.
    package func finish() {
        shutdown(self.descriptor, CInt(SHUT_WR))
    }

    /// The connection will end by a reset rather than in order.
    package func willReset() {
        // To wait for no time at all is to reset.
        self.set(SO_LINGER, to: linger(l_onoff: 1, l_linger: 0))
    }

    // MARK: - The system's ways

    private func setPatience(_ patience: Duration) {
        let seconds = patience.components
        let limit = timeval(
            tv_sec: Int(seconds.seconds),
            tv_usec: Int(seconds.attoseconds / 1_000_000_000_000)
        )
        self.set(SO_RCVTIMEO, to: limit)
        self.set(SO_SNDTIMEO, to: limit)
    }

    private func set<Value: BitwiseCopyable>(_ option: CInt, level: CInt = SOL_SOCKET, to value: Value) {
        // Safe: the value outlives the call, and is as long as it says.
        unsafe withUnsafeBytes(of: value) {
            _ = unsafe setsockopt(self.descriptor, level, option, $0.baseAddress, socklen_t($0.count))
        }
    }

    private static func withAddress<Result>(
        host: UInt8,
        port: Int,
        _ body: (UnsafePointer<sockaddr>) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = (0x7f00_0000 | in_addr_t(host)).bigEndian
        return unsafe withUnsafePointer(to: address) {
            // The sockets' interface takes every kind of address as this one.
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
        }
    }
}
