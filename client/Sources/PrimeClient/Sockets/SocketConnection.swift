internal import Glibc
internal import NIOCore
internal import PrimeProtocol

/// A connection for one question, on a plain socket; lives on the ``SocketLoop`` of its ``Asker``.
final class SocketConnection: QuestionConnection {
    private enum Phase { case connecting, open, closed }

    let address: SocketAddress
    let begun: NIODeadline
    /// Where the poller has it.
    var place = 0
    private let asker: Asker
    private let poller: SocketPoller
    private let connected: (Result<Void, any Error>) -> Void
    private let descriptor: CInt
    private var phase = Phase.connecting
    private var questions = QuestionsInFlight()
    private var hasAsked = false

    /// Begins to connect.
    ///
    /// - Parameters:
    ///   - address: The server's.
    ///   - asker: Learns what comes of it.
    ///   - poller: Tells when the socket is ready.
    ///   - now: When it begins.
    ///   - connected: Called later, once.
    /// - Throws: `IOError` if the system has no socket to give, or no way to the address.
    init(
        to address: SocketAddress,
        for asker: Asker,
        _ poller: SocketPoller,
        at now: NIODeadline,
        connected: @escaping (Result<Void, any Error>) -> Void
    ) throws {
        self.address = address
        self.begun = now
        self.asker = asker
        self.poller = poller
        self.connected = connected
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        self.descriptor = socket(CInt(address.protocol.rawValue), kind, 0)
        guard self.descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        // Safe: the address outlives the call, and is as long as it says.
        let code = unsafe address.withSockAddr {
            unsafe connect(self.descriptor, $0, socklen_t($1)) == 0 ? 0 : errno
        }
        guard code == 0 || code == EINPROGRESS else {
            Glibc.close(self.descriptor)
            throw IOError(errnoCode: code, reason: "connect")
        }
        self.place = poller.add(self, self.descriptor, POLLOUT)
    }

    // MARK: - Asking

    var room: Int { self.hasAsked || self.phase != .open ? 0 : 1 }

    var deadline: NIODeadline? {
        switch self.phase {
        case .connecting: self.begun + self.asker.options.timeout
        case .open: self.questions.count == 0 ? nil : self.questions.waitsSince + self.asker.options.timeout
        case .closed: nil
        }
    }

    func ask(_ spans: [QuestionSpan], at now: NIODeadline) {
        var bytes = ByteBuffer()
        for span in spans { self.questions.ask(span, at: now, into: &bytes, byteOrder: self.asker.options.byteOrder) }
        self.hasAsked = true
        self.poller.change(at: self.place, to: POLLIN)
        // Safe: only so many bytes are sent as are there. A socket that is new takes them all, or has failed.
        let code = unsafe bytes.withUnsafeReadableBytes {
            unsafe send(self.descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) == $0.count ? 0 : errno
        }
        if code != 0 { self.close(.broken(IOError(errnoCode: code, reason: "send"))) }
    }

    // MARK: - Ending

    func close(_ error: PrimeClientError) {
        switch self.phase {
        case .connecting:
            self.leave()
            // As a channel says it. If the client is closing, nobody looks at the reason.
            self.connected(.failure(ChannelError.connectTimeout(self.asker.options.timeout)))
        case .open:
            self.leave()
            self.asker.ended(self, hasAnswered: self.questions.hasAnswered, unanswered: self.questions.takeAll(), error)
        case .closed:
            break
        }
    }

    func closeIfAbandoned() {
        if self.questions.areAbandoned { self.close(.cancelled) }
    }

    private func leave() {
        self.phase = .closed
        self.poller.remove(at: self.place)
        Glibc.close(self.descriptor)
    }

    // MARK: - Events

    /// The socket has connected, or something to read, or failed.
    func ready(failed: Bool) {
        switch self.phase {
        case .connecting: self.finishConnecting(failed: failed)
        case .open: self.receive()
        case .closed: break
        }
    }

    private func finishConnecting(failed: Bool) {
        if failed {
            var code: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            // Safe: both outlive the call.
            unsafe getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
            if code != 0 {
                self.leave()
                return self.connected(.failure(IOError(errnoCode: code, reason: "connect")))
            }
        }
        self.phase = .open
        self.poller.change(at: self.place, to: 0)
        self.connected(.success(()))
        self.asker.opened(self)
    }

    private func receive() {
        var bytes = ByteBuffer()
        var received = 0
        var code: CInt = 0
        // Safe: there is room for twice an answer; what is more than one is too much.
        unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: 2 * PrimeAnswer.byteCount) {
            received = unsafe recv(self.descriptor, $0.baseAddress, 2 * PrimeAnswer.byteCount, 0)
            code = errno
            return max(received, 0)
        }
        if received < 0 {
            guard code != EAGAIN, code != EINTR else { return }
            return self.close(.broken(IOError(errnoCode: code, reason: "recv")))
        }
        guard received > 0 else { return self.close(.closedEarly(afterBytes: self.questions.partialByteCount)) }
        do throws(PrimeClientError) {
            try self.questions.receive(&bytes, at: .now(), byteOrder: self.asker.options.byteOrder)
        } catch {
            return self.close(error)
        }
        if self.questions.count == 0 {
            self.asker.answered(on: self)
            self.close(.closed)
        }
    }
}
