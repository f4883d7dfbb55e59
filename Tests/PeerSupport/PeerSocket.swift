internal import Glibc
package import SystemPackage

/// A blocking TCP connection to a server on 127.0.0.1, to be used on a ``PeerThread``.
///
/// The connection closes when the value is released.
package final class PeerSocket: Sendable {
    private let descriptor: CInt

    /// Connects to the server.
    ///
    /// - Parameters:
    ///   - port: The server's port.
    ///   - host: The connection's own address is 127.0.0.`host`; each address has its own range of ports.
    ///   - patience: The longest time that a call may block.
    /// - Throws: `Errno` if the server does not accept, or the system has no more sockets.
    package init(port: Int, from host: UInt8 = 1, patience: Duration = .seconds(20)) throws(Errno) {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard self.descriptor >= 0 else { throw Errno(rawValue: errno) }
        // Nagle's algorithm would hold a small request back until the one before is acknowledged.
        self.set(TCP_NODELAY, level: CInt(IPPROTO_TCP), to: CInt(1))
        self.setPatience(patience)
        // `connect` chooses the port, because only the pair of both addresses must be unique.
        self.set(IP_BIND_ADDRESS_NO_PORT, level: CInt(IPPROTO_IP), to: CInt(1))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Safe: both addresses outlive the calls, and have the size that is passed.
        _ = unsafe Self.withAddress(host: host, port: 0) { unsafe bind(self.descriptor, $0, size) }
        guard unsafe Self.withAddress(host: 1, port: port, { unsafe connect(self.descriptor, $0, size) }) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    private init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Creates a pair of connected sockets, such as `inetd` and service managers hand to a program.
    ///
    /// - Parameter patience: The longest time that a call on the first socket may block.
    /// - Returns: The test's socket, and the program's.
    /// - Throws: `Errno` if the system has no more sockets.
    package static func pair(patience: Duration = .seconds(20)) throws(Errno) -> (PeerSocket, FileDescriptor) {
        var ends: [CInt] = [-1, -1]
        // Safe: the call fills two elements, and the array has two.
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
    /// - Throws: `Errno` if the connection has failed, or sending blocks for longer than the patience.
    package func send(_ bytes: [UInt8]) throws(Errno) {
        var sent = 0
        while sent < bytes.count {
            // Safe: the range lies within the array.
            let count = unsafe bytes.withUnsafeBytes {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: $0[sent...])
                return unsafe Glibc.send(self.descriptor, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
            }
            guard count >= 0 || errno == EINTR else { throw Errno(rawValue: errno) }
            sent += max(0, count)
        }
    }

    /// Sends requests without anything between them.
    ///
    /// - Throws: As ``send(_:)``.
    package func ask(_ ordinals: some Sequence<UInt32>) throws(Errno) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * ordinals.underestimatedCount)
        for ordinal in ordinals {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: ordinal >> shift)) }
        }
        try self.send(bytes)
    }

    /// Receives a number of bytes.
    ///
    /// - Returns: The bytes; fewer than `count` if the stream ends first.
    /// - Throws: `Errno` if the connection has failed, or receiving blocks for longer than the patience.
    package func receive(_ count: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            // Safe: the range lies within the array.
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

    /// Receives a number of answers.
    ///
    /// - Returns: The answers; fewer than `count` if the stream ends first.
    /// - Throws: As ``receive(_:)``.
    package func answers(_ count: Int) throws(Errno) -> [UInt64] {
        let bytes = try self.receive(8 * count)
        return stride(from: 0, to: bytes.count - 7, by: 8).map { place in
            bytes[place..<place + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    // MARK: - Ending

    /// Whether the server has closed or reset the connection and everything sent before is received.
    package var hasEnded: Bool {
        var byte: UInt8 = 0
        let count = unsafe recv(self.descriptor, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT))
        return count == 0 || count < 0 && errno != EAGAIN
    }

    /// Shuts down the sending side (half-close).
    package func finish() {
        shutdown(self.descriptor, CInt(SHUT_WR))
    }

    /// Makes the connection end with a reset instead of a close.
    package func willReset() {
        // A linger time of 0 makes close send a reset.
        self.set(SO_LINGER, to: linger(l_onoff: 1, l_linger: 0))
    }

    // MARK: - System calls

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
        // Safe: the value outlives the call, and has the size that is passed.
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
            // The socket calls take every kind of address as a `sockaddr`.
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
        }
    }
}
