/// What a server has done since it was made.
package struct ServerStatistics: Sendable {
    // MARK: - Connections

    /// Connections that were taken.
    package var acceptedConnections = 0
    /// Connections that have ended, by the reason.
    package var closedConnections: [CloseReason: Int] = [:]
    /// Connections that there are.
    package var openConnections: Int { self.acceptedConnections - self.closedConnections.values.reduce(0, +) }

    // MARK: - Requests

    /// Requests of which all bytes came.
    package var receivedRequests = 0
    /// Requests that had begun when their connection ended.
    package var truncatedRequests = 0
    /// Requests that were answered with a prime.
    package var answeredRequests = 0
    /// Requests that were answered without sieving, of M = 0 too.
    package var residentAnswers = 0
    /// Requests for M = 0, answered with 0.
    package var requestsWithoutPrime = 0
    /// Requests whose connection ended before the answer was there.
    package var droppedRequests = 0
    /// Requests that wait for their answer.
    package var unansweredRequests: Int {
        self.receivedRequests - self.answeredRequests - self.requestsWithoutPrime - self.droppedRequests
    }
    /// How long requests took, from when it was their turn on their connection to when the answer was handed over to be sent.
    package var latency = LatencyHistogram.Snapshot()

    // MARK: - Limits

    /// Pieces of work that wait for a thread of the compute pool.
    package var queuedPieces = 0
    /// How often accepting has paused as all places were taken.
    package var pausesAtConnectionLimit = 0
    /// How often accepting has paused for want of files.
    package var pausesAtFileLimit = 0
    /// How often a connection was read from no further as it had too many requests waiting.
    package var readPauses = 0
    /// How often a connection was computed for no further as it did not take its answers.
    package var computePauses = 0

    /// Nothing done yet.
    package init() {}
}
