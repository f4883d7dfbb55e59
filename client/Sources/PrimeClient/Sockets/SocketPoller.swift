internal import Glibc

/// The sockets of a ``SocketLoop``, and what each waits for.
///
/// `poll` looks at all of them each time, but it needs no call for each that comes or goes. With up to some hundred
/// connections, most of them ready, that is the cheaper way.
final class SocketPoller {
    private var files: [pollfd]
    /// At the place of its file; the first is nobody's.
    private var connections: [SocketConnection?] = [nil]
    /// Whether there are places whose connection has left.
    private var hasGaps = false

    /// Makes a list that holds the file that wakes the loop.
    init(wakeFile: CInt) {
        self.files = [pollfd(fd: wakeFile, events: Int16(POLLIN), revents: 0)]
    }

    /// Adds a connection.
    ///
    /// - Returns: Its place, which may change; see ``SocketConnection/place``.
    func add(_ connection: SocketConnection, _ descriptor: CInt, _ events: CInt) -> Int {
        self.files.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
        self.connections.append(connection)
        return self.files.count - 1
    }

    /// Waits for something else from now on.
    func change(at place: Int, to events: CInt) {
        self.files[place].events = Int16(events)
    }

    /// Takes a connection from the list.
    func remove(at place: Int) {
        // What lies behind keeps its place while the list is gone through. `poll` passes over what is negative.
        self.files[place] = pollfd(fd: -1, events: 0, revents: 0)
        self.connections[place] = nil
        self.hasGaps = true
    }

    private func closeGaps() {
        guard self.hasGaps else { return }
        self.hasGaps = false
        var end = 1
        for place in 1..<self.files.count {
            guard let connection = self.connections[place] else { continue }
            self.files[end] = self.files[place]
            self.connections[end] = connection
            connection.place = end
            end += 1
        }
        self.files.removeSubrange(end...)
        self.connections.removeSubrange(end...)
    }

    /// Sleeps until something is ready, and lets those connections go on.
    func poll(milliseconds: CInt) {
        self.closeGaps()
        // Safe: the array outlives the call.
        let count = unsafe Glibc.poll(&self.files, nfds_t(self.files.count), milliseconds)
        guard count > 0 else { return }
        if self.files[0].revents != 0 {
            var bytes: UInt64 = 0
            _ = unsafe read(self.files[0].fd, &bytes, 8)
        }
        // Those that join meanwhile stand behind, and are not yet ready.
        for place in 1..<self.files.count {
            let events = self.files[place].revents
            guard events != 0 else { continue }
            self.files[place].revents = 0
            self.connections[place]?.ready(failed: events & Int16(POLLERR | POLLHUP | POLLNVAL) != 0)
        }
    }
}
