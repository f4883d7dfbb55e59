internal import CEpoll
internal import Glibc

/// An edge-triggered `epoll` instance for the sockets of one thread.
@safe
struct EventQueue: ~Copyable {
    /// An event of one socket.
    struct Event {
        /// The token that was passed when the socket was added.
        let token: Int
        /// Whether the peer has closed its side, or the connection has failed; reading on reaches the end.
        let isLast: Bool
    }

    private static let eventsAtOnce = 256

    private let descriptor = epoll_create1(0)
    private var ready = unsafe [epoll_event](repeating: epoll_event(), count: Self.eventsAtOnce)

    init() {
        precondition(self.descriptor >= 0, "no epoll: errno \(errno)")
    }

    deinit {
        close(self.descriptor)
    }

    /// Watches a socket for input until it is closed, and for room to send if it is full.
    func add(_ socket: LoadSocket, token: Int, isFull: Bool) {
        self.control(EPOLL_CTL_ADD, socket, token: token, isFull: isFull)
    }

    /// Watches a socket that has become full for room to send too.
    func watchFull(_ socket: LoadSocket, token: Int) {
        self.control(EPOLL_CTL_MOD, socket, token: token, isFull: true)
    }

    /// Waits for events.
    ///
    /// - Parameter milliseconds: The longest time to wait.
    /// - Returns: The number of events; 0 after a timeout.
    mutating func wait(milliseconds: Int32) -> Int {
        let count = unsafe epoll_wait(self.descriptor, &self.ready, Int32(Self.eventsAtOnce), milliseconds)
        precondition(count >= 0 || errno == EINTR, "epoll_wait failed: errno \(errno)")
        return Int(max(count, 0))
    }

    /// Returns one of the events of the last ``wait(milliseconds:)``.
    subscript(index: Int) -> Event {
        let event = unsafe self.ready[index]
        let last = EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
        return unsafe Event(token: Int(event.data.u64), isLast: event.events & last != 0)
    }

    private func control(_ operation: Int32, _ socket: LoadSocket, token: Int, isFull: Bool) {
        var event = unsafe epoll_event()
        unsafe event.events =
            EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue | (isFull ? EPOLLOUT.rawValue : 0)
        unsafe event.data.u64 = UInt64(token)
        let result = unsafe epoll_ctl(self.descriptor, operation, socket.descriptor, &event)
        precondition(result == 0, "epoll_ctl failed: errno \(errno)")
    }
}
