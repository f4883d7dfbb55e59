internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Asks a server for primes.
///
/// ```swift
/// try await PrimeClient.withClient(host: "primes.example", port: 8080) { client in
///     print(try await client.prime(at: 1_000_000))
/// }
/// ```
///
/// Any number of tasks may ask at once. Their questions share a few connections, many under way on each. A question
/// whose connection is lost is asked again on another. Of a name's addresses all are used; those that fail are passed
/// over, and tried again later.
///
/// What it holds is bounded by what its callers wait for: some 40 bytes a question, beside a few KiB a connection.
public final class PrimeClient: Sendable {
    /// An ``Asker``, and the way to it.
    private struct Worker: Sendable {
        let eventLoop: any EventLoop
        let asker: NIOLoopBound<Asker>
    }

    /// Questions that are under way.
    struct Ticket: Sendable {
        fileprivate let answers: EventLoopFuture<Answers>
        /// Ends the wait for them.
        let cancel: @Sendable () -> Void
    }

    private let workers: [Worker]
    private let nextNumber = Atomic<UInt64>(0)

    private init(workers: [Worker]) {
        self.workers = workers
    }

    /// Runs `body` with a client, and closes its connections afterwards.
    ///
    /// Nothing is sent before the first question, nor is the name looked up.
    ///
    /// - Parameters:
    ///   - host: A name, an IPv4 or an IPv6 address.
    ///   - port: The TCP port, from 1 to 65,535.
    ///   - configuration: How the client asks.
    ///   - body: Asks. Questions that others still ask when it returns fail with ``PrimeClientError/Code/closed``.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public static func withClient<Result>(
        host: String,
        port: Int,
        configuration: Configuration = Configuration(),
        _ body: (PrimeClient) async throws -> Result
    ) async throws -> Result {
        let client = await PrimeClient(host: host, port: port, configuration: configuration)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Asks for the M-th prime.
    ///
    /// - Parameter ordinal: M, from 1 to 4,294,967,295.
    /// - Returns: The M-th prime.
    /// - Throws: ``PrimeClientError`` if there was no answer, or no such prime, or the task was cancelled, which ends the
    ///   question at once.
    public func prime(at ordinal: UInt32) async throws(PrimeClientError) -> UInt64 {
        try await self.answers(to: [ordinal]).prime(at: 0, asked: ordinal)
    }

    /// Asks several questions together; much cheaper than one by one.
    ///
    /// - Parameter ordinals: What is asked, in any order, as often as wanted.
    /// - Returns: What came of each; if the task is cancelled, those without an answer have failed.
    package func answers(to ordinals: [UInt32]) async -> Answers {
        guard !ordinals.isEmpty else { return Answers(primes: [], microseconds: []) }
        return await self.ask(ordinals).waitOrCancel()
    }

    /// Sends questions on their way.
    ///
    /// - Parameter ordinals: What is asked, at least one.
    func ask(_ ordinals: [UInt32]) -> Ticket {
        let number = self.nextNumber.wrappingAdd(1, ordering: .relaxed).oldValue
        let worker = self.workers[Int(number % UInt64(self.workers.count))]
        let promise = worker.eventLoop.makePromise(of: Answers.self)
        worker.eventLoop.execute { worker.asker.value.ask(ordinals, identifier: number, promise: promise) }
        // The loop takes turns in order, so the question is known there when it is cancelled.
        return Ticket(answers: promise.futureResult) {
            worker.eventLoop.execute { worker.asker.value.cancel(number) }
        }
    }

    // MARK: - Lifetime

    private convenience init(host: String, port: Int, configuration: Configuration) async {
        let isPipelined = configuration.connectionUse == .pipelined
        let group = MultiThreadedEventLoopGroup.singleton
        // One loop takes millions of answers a second, but only some ten thousand connections.
        let count = isPipelined ? 1 : min(System.coreCount, configuration.connectionLimit)
        var workers: [Worker] = []
        for number in 0..<count {
            // The limit is shared out as evenly as it can be.
            let limit = (configuration.connectionLimit + number) / count
            let options = Asker.Options(
                host: host,
                port: port,
                byteOrder: configuration.byteOrder,
                timeout: TimeAmount(configuration.timeout),
                retries: configuration.retries,
                connectionLimit: limit,
                questionsPerConnection: isPipelined ? configuration.questionsPerConnection : 1,
                usesConnectionsOnce: !isPipelined
            )
            let eventLoop = group.next()
            let asker = eventLoop.submit {
                NIOLoopBound(Asker(options, on: eventLoop, number: number), eventLoop: eventLoop)
            }
            do {
                workers.append(Worker(eventLoop: eventLoop, asker: try await asker.get()))
            } catch {
                preconditionFailure("the program's own event loops never end, but: \(error)")
            }
        }
        self.init(workers: workers)
    }

    private func close() async {
        for worker in self.workers {
            let closed = worker.eventLoop.makePromise(of: Void.self)
            worker.eventLoop.execute { worker.asker.value.close(promise: closed) }
            // It is only ever fulfilled.
            try? await closed.futureResult.get()
        }
    }
}

extension PrimeClient.Ticket {
    /// Waits until each question has an answer or a failure; gives them up if the task is cancelled.
    func waitOrCancel() async -> Answers {
        await withTaskCancellationHandler {
            do {
                return try await self.answers.get()
            } catch {
                preconditionFailure("the promise of answers is only ever fulfilled, but: \(error)")
            }
        } onCancel: {
            self.cancel()
        }
    }
}
