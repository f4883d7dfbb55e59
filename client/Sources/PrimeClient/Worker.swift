internal import NIOCore
internal import NIOPosix

/// An ``Asker``, the event loop that it lives on, and the way to both from elsewhere.
struct Worker: Sendable {
    let eventLoop: any EventLoop
    let asker: NIOLoopBound<Asker>
    /// Keeps the loop running, if it is not one of the program's.
    private let thread: SocketThread?

    /// Makes one whose connections are channels of SwiftNIO, on one of the program's event loops.
    init(_ options: Asker.Options) async {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        self.eventLoop = eventLoop
        self.thread = nil
        self.asker = await Self.result(
            of: eventLoop.submit { NIOLoopBound(Asker(options, on: eventLoop, number: 0), eventLoop: eventLoop) }
        )
    }

    /// Makes one with a connection for each question, on a ``SocketLoop`` of its own.
    ///
    /// - Throws: `Errno` if the process may open no more files.
    init(onSocketsOf options: Asker.Options, number: Int) async throws {
        let thread = try SocketThread()
        let loop = thread.loop
        let made = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: NIOLoopBound<Asker>.self)
        thread.run { poller in
            let asker = Asker(options, on: loop, poller: poller, number: number)
            made.succeed(NIOLoopBound(asker, eventLoop: loop))
        }
        self.eventLoop = loop
        self.thread = thread
        self.asker = await Self.result(of: made.futureResult)
    }

    /// Closes all connections and gives up all questions, those too that are still to come.
    func close() async {
        let closed = self.eventLoop.makePromise(of: Void.self)
        self.eventLoop.execute { self.asker.value.close(promise: closed) }
        await Self.result(of: closed.futureResult)
    }

    /// Waits for what cannot fail, as the loops outlive all that is asked of them.
    private static func result<Value: Sendable>(of future: EventLoopFuture<Value>) async -> Value {
        do {
            return try await future.get()
        } catch {
            preconditionFailure("a promise that is only ever fulfilled has failed: \(error)")
        }
    }
}
