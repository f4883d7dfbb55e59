internal import Glibc
internal import NIOCore

/// A TCP socket that never blocks; the kernel's calls without anything between.
struct LoadSocket {
    /// What a call came to.
    enum Outcome {
        /// So many bytes were moved.
        case moved(Int)
        /// The socket is full, or empty, for now.
        case wouldBlock
        /// The peer has ended the connection, or it has failed.
        case ended
    }

    let descriptor: Int32

    /// Begins to connect; whether it succeeds, sending and receiving tell.
    ///
    /// - Parameters:
    ///   - address: Where the server listens.
    ///   - source: The address to come from, with port 0; `nil` leaves it to the kernel.
    /// - Throws: ``LoadError`` if there are no more sockets to be had, or addresses.
    init(connectingTo address: SocketAddress, from source: SocketAddress?) throws(LoadError) {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        self.descriptor = socket(Int32(address.protocol.rawValue), kind, 0)
        guard self.descriptor >= 0 else { throw LoadError(call: "socket", errno: errno) }
        // Without it a small request waits for the acknowledgement of the one before.
        self.switchOn(TCP_NODELAY, level: Int32(IPPROTO_TCP))
        if let source {
            // Leaves the choice of the port to `connect`, which knows what it must differ from.
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

    /// Sends a part of a table of requests.
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

    /// Receives what has come.
    ///
    /// - Parameters:
    ///   - answers: Filled from `offset` to its end at most.
    ///   - offset: In bytes.
    /// - Returns: `.moved(0)` never; the stream's end is `.ended`.
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

/// The machine gives no more connections.
public struct LoadError: Error, CustomStringConvertible {
    /// What was asked of the kernel.
    public let call: String
    /// What it said.
    public let errno: Int32

    /// What went wrong and what to try, in one line.
    public var description: String {
        "\(self.call): \(unsafe String(cString: strerror(self.errno))); take fewer connections, or raise the limit on open files"
    }
}
