/// What a server has counted since it was made: numbers of connections and requests, not rates.
public struct ServerStatistics: Sendable {
    // MARK: - Connections

    /// Accepted connections.
    public internal(set) var acceptedConnections = 0
    /// Closed connections, by reason.
    public internal(set) var closedConnections: [CloseReason: Int] = [:]
    /// Connections that are open now.
    public var openConnections: Int { self.acceptedConnections - self.closedConnections.values.reduce(0, +) }

    // MARK: - Requests

    /// Requests that were received completely.
    public internal(set) var receivedRequests = 0
    /// Incomplete requests at the end of their connection.
    public internal(set) var truncatedRequests = 0
    /// Requests that were answered with a prime.
    public internal(set) var answeredRequests = 0
    /// Requests, those for M = 0 included, that were answered without sieving because the prime was in memory.
    public internal(set) var residentAnswers = 0
    /// Requests for M = 0, which were answered with 0.
    public internal(set) var requestsWithoutPrime = 0
    /// Received requests whose connection closed before the answer was computed.
    public internal(set) var droppedRequests = 0
    /// Received requests that have no answer yet.
    public var unansweredRequests: Int {
        self.receivedRequests - self.answeredRequests - self.requestsWithoutPrime - self.droppedRequests
    }
    /// The latencies of the answered requests.
    public internal(set) var latency = Latency()

    // MARK: - Limits

    /// Pieces of work, each of at most 256 requests, that wait for a worker thread now.
    public internal(set) var queuedPieces = 0
    /// How many times accepting paused because the number of connections was at its limit.
    public internal(set) var pausesAtConnectionLimit = 0
    /// How many times accepting paused because no more files could be opened.
    public internal(set) var pausesAtFileLimit = 0
    /// How many times reading from a connection paused because 1,024 of its requests waited.
    public internal(set) var readPauses = 0
    /// How many times computing for a connection paused because more than 64 KiB of its answers were unsent.
    public internal(set) var computePauses = 0
}

extension ServerStatistics {
    /// A histogram of latencies: the time to answer a request, that in the queue of the compute pool included.
    ///
    /// The time that a request waits behind earlier ones of its own connection is not part of it.
    public struct Latency: Sendable, Equatable {
        static let exponents = 10...34

        /// The upper bound of each class but the last: 2^10 ns (1.024 µs), 2^11 ns, …, 2^34 ns (17.2 s).
        public static let upperBounds: [Duration] = exponents.map { .nanoseconds(1 << $0) }

        /// The number of requests in each class, without those in the classes before it.
        ///
        /// The class at the index of an upper bound includes that bound. The last class has no bound.
        public internal(set) var counts = [Int](repeating: 0, count: upperBounds.count + 1)
        /// The sum of all latencies.
        public internal(set) var total = Duration.zero

        /// Adds the latencies of another histogram.
        package static func += (sum: inout Self, other: Self) {
            for index in sum.counts.indices { sum.counts[index] += other.counts[index] }
            sum.total += other.total
        }
    }
}
