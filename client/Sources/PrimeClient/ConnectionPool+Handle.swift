internal import NIOCore
internal import NIOPosix

extension ConnectionPool {
    /// Access to a pool from any thread.
    struct Handle: Sendable {
        private let eventLoop: any EventLoop
        private let pool: NIOLoopBound<ConnectionPool>

        /// Creates a pool on one of the event loops that all of the program shares.
        ///
        /// - Parameters:
        ///   - options: How the pool asks.
        ///   - number: The number of the pool among those of its client.
        init(_ options: Options, number: Int) async {
            let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            self.eventLoop = eventLoop
            self.pool = await Self.result(
                of: eventLoop.submit {
                    NIOLoopBound(ConnectionPool(options, on: eventLoop, number: number), eventLoop: eventLoop)
                }
            )
        }

        /// Asks questions.
        ///
        /// - Parameters:
        ///   - ordinals: The questions, at least one.
        ///   - identifier: The name of the batch for ``cancel(_:)``.
        /// - Returns: What came of them; never a failure.
        func ask(_ ordinals: [UInt32], identifier: UInt64) -> EventLoopFuture<BatchAnswers> {
            let promise = self.eventLoop.makePromise(of: BatchAnswers.self)
            self.eventLoop.execute { self.pool.value.ask(ordinals, identifier: identifier, promise: promise) }
            return promise.futureResult
        }

        /// Gives up the open questions of a batch.
        ///
        /// The loop runs tasks in order, so it knows the batch already.
        func cancel(_ identifier: UInt64) {
            self.eventLoop.execute { self.pool.value.cancel(identifier) }
        }

        /// Closes all connections, and fails all questions, those too that still come.
        func close() async {
            let closed = self.eventLoop.makePromise(of: Void.self)
            self.eventLoop.execute { self.pool.value.close(promise: closed) }
            await Self.result(of: closed.futureResult)
        }

        /// Waits for a future that cannot fail, because the event loop outlives the program's work.
        static func result<Value: Sendable>(of future: EventLoopFuture<Value>) async -> Value {
            do {
                return try await future.get()
            } catch {
                preconditionFailure("a promise that only ever succeeds has failed: \(error)")
            }
        }
    }
}
