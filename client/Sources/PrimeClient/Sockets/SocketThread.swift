internal import NIOPosix

/// A ``SocketLoop`` and the thread that it runs on, which ends when nobody can ask there any more.
final class SocketThread: Sendable {
    let loop: SocketLoop
    private let thread = NIOThreadPool(numberOfThreads: 1)

    /// Makes a loop that does not run yet.
    ///
    /// - Throws: `Errno` if the process may open no more files.
    init() throws {
        self.loop = try SocketLoop()
        self.thread.start()
    }

    /// Runs the loop.
    ///
    /// - Parameter body: Gets the list of connections, before anything runs.
    func run(_ body: @escaping @Sendable (SocketPoller) -> Void) {
        self.thread.submit { [loop] _ in loop.run(body) }
    }

    deinit {
        self.loop.end()
        // It fails only if it is done twice.
        self.thread.shutdownGracefully { _ in }
    }
}
