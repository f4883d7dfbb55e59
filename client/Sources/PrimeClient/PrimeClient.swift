internal import NIOCore
internal import NIOPosix
public import PrimeProtocol

/// Asks a server for primes, each question on a connection of its own.
///
/// Any number of tasks may ask at once; the questions beyond the limit wait for a free place.
public struct PrimeClient: Sendable {
    private let host: String
    private let port: Int
    private let byteOrder: ByteOrder
    private let timeout: TimeAmount
    private let limit: ConnectionLimit

    /// Names the server; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - host: A name, an IPv4 or an IPv6 address. All addresses of a name are tried.
    ///   - port: The TCP port, from 1 to 65,535.
    ///   - byteOrder: How numbers travel.
    ///   - timeout: How long connecting may take, and then the answer.
    ///   - connectionLimit: How many connections may be open at once; at least 1.
    public init(
        host: String,
        port: Int,
        byteOrder: ByteOrder = .big,
        timeout: Duration = .seconds(10),
        connectionLimit: Int = 64
    ) {
        self.host = host
        self.port = port
        self.byteOrder = byteOrder
        self.timeout = TimeAmount(timeout)
        self.limit = ConnectionLimit(connectionLimit)
    }

    /// Asks for the M-th prime.
    ///
    /// - Parameter ordinal: M, from 1 to 4,294,967,295.
    /// - Returns: The M-th prime.
    /// - Throws: ``PrimeClientError`` if there was no answer, or none such prime.
    public func prime(at ordinal: UInt32) async throws(PrimeClientError) -> UInt64 {
        let answer: Result<PrimeAnswer, PrimeClientError> = await self.limit.withPlace {
            do throws(PrimeClientError) {
                return .success(try await self.ask(PrimeRequest(ordinal: ordinal)))
            } catch {
                return .failure(error)
            }
        }
        guard let prime = try answer.get().prime else {
            throw PrimeClientError(code: .noSuchPrime, message: "the server knows no prime for M = \(ordinal)")
        }
        return prime
    }

    private func ask(_ request: PrimeRequest) async throws(PrimeClientError) -> PrimeAnswer {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let connecting = ClientBootstrap(group: eventLoop)
            .connectTimeout(self.timeout)
            .connect(host: self.host, port: self.port)
        do {
            // The handler comes last: of several addresses tried at once, only the connection that won is asked.
            return try await connecting.flatMap { [byteOrder, timeout] channel in
                let answer = channel.eventLoop.makePromise(of: PrimeAnswer.self)
                let handler = AnswerHandler(request: request, byteOrder: byteOrder, timeout: timeout, answer: answer)
                do {
                    try channel.pipeline.syncOperations.addHandler(handler)
                } catch {
                    answer.fail(error)
                }
                return answer.futureResult
            }.get()
        } catch let error as PrimeClientError {
            throw error
        } catch {
            throw PrimeClientError(connectingTo: self.host, port: self.port, cause: error)
        }
    }
}
