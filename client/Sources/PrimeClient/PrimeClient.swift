internal import NIOCore
internal import Synchronization

/// A client of one server of primes.
///
/// ```swift
/// try await PrimeClient.withClient(host: "primes.example", port: 8080) { client in
///     print(try await client.prime(at: 1_000_000))
/// }
/// ```
///
/// Any number of tasks can ask at once. Their questions share a few connections, with many in flight on each. If a
/// connection is lost, another one asks its questions again. The client spreads its connections over all addresses of the
/// server's name. It avoids addresses that fail, and tries them again later.
///
/// Its memory is bounded by the questions that its callers wait for: about 40 bytes each, and a few KiB for a connection.
public final class PrimeClient: Sendable {
    /// Questions in flight.
    struct Ticket: Sendable {
        fileprivate let answers: EventLoopFuture<BatchAnswers>
        /// Gives the questions up.
        let cancel: @Sendable () -> Void
    }

    /// The time-out of a client without one.
    private static let century = TimeAmount.hours(24 * 36_525)

    private let pools: [ConnectionPool.Handle]
    private let nextNumber = Atomic<UInt64>(0)

    /// Runs `body` with a client, and closes its connections afterwards.
    ///
    /// The client looks the name up and connects when the first question comes.
    ///
    /// - Parameters:
    ///   - host: A name, an IPv4 or an IPv6 address.
    ///   - port: The TCP port, from 1 to 65,535; another one traps.
    ///   - configuration: The settings; one out of its range traps.
    ///   - body: The work with the client. Questions that other tasks still ask when it returns fail with
    ///     ``PrimeClientError/Code/closed``.
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
    /// - Throws: ``PrimeClientError`` if no answer came, if there is no such prime, or if the task was cancelled, which
    ///   gives the question up at once.
    public func prime(at ordinal: UInt32) async throws(PrimeClientError) -> UInt64 {
        try await self.answers(to: [ordinal]).prime(at: 0, asked: ordinal)
    }

    /// Asks several questions together, which costs much less than one by one.
    ///
    /// - Parameter ordinals: The M, in any order.
    /// - Returns: The answer or failure of each question. If the task is cancelled, all of them have failed.
    package func answers(to ordinals: [UInt32]) async -> BatchAnswers {
        guard !ordinals.isEmpty else { return BatchAnswers(primes: [], microseconds: []) }
        return await self.ask(ordinals).waitOrCancel()
    }

    /// Asks questions without waiting for their answers.
    ///
    /// - Parameter ordinals: The M, at least one.
    /// - Returns: The questions in flight.
    func ask(_ ordinals: [UInt32]) -> Ticket {
        let number = self.nextNumber.wrappingAdd(1, ordering: .relaxed).oldValue
        let pool = self.pools[Int(number % UInt64(self.pools.count))]
        return Ticket(answers: pool.ask(ordinals, identifier: number)) { pool.cancel(number) }
    }

    // MARK: - Lifetime

    private init(host: String, port: Int, configuration: Configuration) async {
        precondition((1...65_535).contains(port), "port \(port) is out of range; it must be from 1 to 65535")
        configuration.check()
        let isPipelined = configuration.connectionUse == .pipelined
        // One event loop takes millions of answers a second, but only about ten thousand connections.
        let count = isPipelined ? 1 : min(max(1, System.coreCount / 2), configuration.connectionLimit)
        var pools: [ConnectionPool.Handle] = []
        for number in 0..<count {
            let options = ConnectionPool.Options(
                host: host,
                port: port,
                lookUp: configuration.lookUp,
                byteOrder: configuration.byteOrder,
                timeout: configuration.timeout.map { TimeAmount($0) } ?? Self.century,
                retries: configuration.retries,
                onTrouble: configuration.onTrouble,
                // Pools get equal shares of the limit; the first ones take the remainder.
                connectionLimit: configuration.connectionLimit / count
                    + (number < configuration.connectionLimit % count ? 1 : 0),
                questionsPerConnection: isPipelined ? configuration.questionsPerConnection : 1,
                isSingleUse: !isPipelined
            )
            pools.append(await ConnectionPool.Handle(options, number: number))
        }
        self.pools = pools
    }

    private func close() async {
        for pool in self.pools { await pool.close() }
    }
}

extension PrimeClient.Ticket {
    /// Waits until each question has an answer or a failure; gives the questions up if the task is cancelled.
    func waitOrCancel() async -> BatchAnswers {
        await withTaskCancellationHandler {
            await ConnectionPool.Handle.result(of: self.answers)
        } onCancel: {
            self.cancel()
        }
    }
}
