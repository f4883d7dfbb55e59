internal import CEpoll
internal import Glibc

/// The kernel's list of sockets that have something to say (`epoll`), edge-triggered.
@safe
struct EventQueue: ~Copyable {
    /// What a socket has to say.
    struct Event {
        /// The number that the socket was added with.
        let token: Int
        /// The peer has ended its side, or the connection has failed: reading on leads to the end.
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

    /// Tells when a socket has more to read, and, if it was full, when it takes more; until it is closed.
    func add(_ socket: LoadSocket, token: Int, isFull: Bool) {
        self.control(EPOLL_CTL_ADD, socket, token: token, isFull: isFull)
    }

    /// A socket has turned out to be full: tells when it takes more as well.
    func watchFull(_ socket: LoadSocket, token: Int) {
        self.control(EPOLL_CTL_MOD, socket, token: token, isFull: true)
    }

    /// Waits until a socket has something to say.
    ///
    /// - Parameter milliseconds: How long at most.
    /// - Returns: How many events there are; 0 if the time is up.
    mutating func wait(milliseconds: Int32) -> Int {
        let count = unsafe epoll_wait(self.descriptor, &self.ready, Int32(Self.eventsAtOnce), milliseconds)
        precondition(count >= 0 || errno == EINTR, "epoll_wait failed: errno \(errno)")
        return Int(max(count, 0))
    }

    /// One of the events that ``wait(milliseconds:)`` has brought.
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
