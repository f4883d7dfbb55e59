internal import NIOCore
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
    /// - Throws: What `body` throws; the system's error if the process may open no more files.
    public static func withClient<Result>(
        host: String,
        port: Int,
        configuration: Configuration = Configuration(),
        _ body: (PrimeClient) async throws -> Result
    ) async throws -> Result {
        let client = try await PrimeClient(host: host, port: port, configuration: configuration)
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
    /// - Returns: What to wait for.
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

    private convenience init(host: String, port: Int, configuration: Configuration) async throws {
        precondition((1...65_535).contains(port), "port \(port) is out of range; take one from 1 to 65535")
        configuration.check()
        let isPipelined = configuration.connectionUse == .pipelined
        // One loop takes millions of answers a second, but only some ten thousand connections.
        let count = isPipelined ? 1 : min(max(1, System.coreCount / 2), configuration.connectionLimit)
        var workers: [Worker] = []
        for number in 0..<count {
            let options = Asker.Options(
                host: host,
                port: port,
                lookUp: configuration.lookUp,
                byteOrder: configuration.byteOrder,
                timeout: TimeAmount(configuration.timeout),
                retries: configuration.retries,
                // The limit is shared out as evenly as it can be.
                connectionLimit: configuration.connectionLimit / count
                    + (number < configuration.connectionLimit % count ? 1 : 0),
                questionsPerConnection: isPipelined ? configuration.questionsPerConnection : 1
            )
            workers.append(try await isPipelined ? Worker(options) : Worker(onSocketsOf: options, number: number))
        }
        self.init(workers: workers)
    }

    private func close() async {
        for worker in self.workers { await worker.close() }
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
