internal import Glibc
internal import NIOCore

/// A non-blocking TCP socket: a thin layer over the system calls.
struct LoadSocket {
    /// The result of sending or receiving.
    enum Outcome {
        /// This many bytes were sent or received.
        case moved(Int)
        /// The socket is full (when sending) or empty (when receiving).
        case wouldBlock
        /// The peer has closed the connection, or it has failed.
        case ended
    }

    let descriptor: Int32

    /// Starts connecting; a connection that fails later shows up when sending or receiving.
    ///
    /// - Parameters:
    ///   - address: The address that the server listens on.
    ///   - source: The local address, with port 0; `nil` lets the kernel choose.
    /// - Throws: ``LoadError`` if the system has no more sockets or ports.
    init(connectingTo address: SocketAddress, from source: SocketAddress?) throws(LoadError) {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        self.descriptor = socket(Int32(address.protocol.rawValue), kind, 0)
        guard self.descriptor >= 0 else { throw LoadError(call: "socket", errno: errno) }
        // Nagle's algorithm would hold a small request back until the one before is acknowledged.
        self.switchOn(TCP_NODELAY, level: Int32(IPPROTO_TCP))
        if let source {
            // `connect` chooses the port, because only the pair of both addresses must be unique.
            self.switchOn(IP_BIND_ADDRESS_NO_PORT, level: Int32(IPPROTO_IP))
            _ = unsafe source.withSockAddr { unsafe bind(self.descriptor, $0, socklen_t($1)) }
        }
        let result = unsafe address.withSockAddr { unsafe connect(self.descriptor, $0, socklen_t($1)) }
        if result < 0, errno == EADDRNOTAVAIL || errno == ENETUNREACH {
            let code = errno
            self.close()
            throw LoadError(call: "connect", errno: code)
        }
    }

    /// Sends a byte range of a table of requests.
    func send(_ requests: [UInt32], bytes: Range<Int>) -> Outcome {
        let count = unsafe requests.withUnsafeBytes {
            unsafe Glibc.send(
                self.descriptor,
                unsafe $0.baseAddress?.advanced(by: bytes.lowerBound),
                bytes.count,
                Int32(MSG_NOSIGNAL)
            )
        }
        return Self.outcome(of: count)
    }

    /// Receives the bytes that have arrived.
    ///
    /// - Parameters:
    ///   - answers: Receives the bytes, from `offset` on.
    ///   - offset: The offset in bytes.
    /// - Returns: `.ended` at the end of the stream, never `.moved(0)`.
    func receive(into answers: inout [UInt64], from offset: Int) -> Outcome {
        let count = unsafe answers.withUnsafeMutableBytes {
            unsafe recv(self.descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset, 0)
        }
        return count == 0 ? .ended : Self.outcome(of: count)
    }

    func close() {
        Glibc.close(self.descriptor)
    }

    private func switchOn(_ option: Int32, level: Int32) {
        var on: Int32 = 1
        unsafe setsockopt(self.descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func outcome(of count: Int) -> Outcome {
        guard count < 0 else { return .moved(count) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .ended
    }
}

/// A failure that ends the run: the system has no more connections, or the server does not answer right.
public struct LoadError: Error, CustomStringConvertible {
    /// The call, or the step, that failed.
    public let call: String
    /// The system's error code.
    public let errno: Int32

    /// The failure and what to try, in one line.
    public var description: String {
        "\(self.call): \(unsafe String(cString: strerror(self.errno))); use fewer connections, or raise the limit on open files"
    }
}
