internal import BasicContainers

/// The counters of a server.
final class ServerCounters: Sendable {
    /// The counters of each event loop.
    let loops: [LoopCounters]

    init(loopCount: Int) {
        self.loops = (0..<loopCount).map { _ in LoopCounters() }
    }

    /// The sums over all event loops; a count that changes meanwhile may be in some of them and not in others.
    var statistics: ServerStatistics {
        var statistics = ServerStatistics()
        for loop in self.loops { loop.add(to: &statistics) }
        return statistics
    }
}

/// The counters of one event loop, which only that loop increases; see ``ServerStatistics`` for their meaning.
final class LoopCounters: Sendable {
    let acceptedConnections = Counter()
    let pausesAtConnectionLimit = Counter()
    let pausesAtFileLimit = Counter()
    let readPauses = Counter()
    let computePauses = Counter()
    let receivedRequests = Counter()
    let truncatedRequests = Counter()
    let answeredRequests = Counter()
    let residentAnswers = Counter()
    let requestsWithoutPrime = Counter()
    let droppedRequests = Counter()
    let latency = LatencyHistogram()
    /// A counter for each ``CloseReason``, at the index of its raw value.
    private let closedConnections = RigidArray(counterCount: CloseReason.allCases.count)

    func closedConnection(_ reason: CloseReason) {
        self.closedConnections[reason.rawValue].add()
    }

    fileprivate func add(to statistics: inout ServerStatistics) {
        statistics.acceptedConnections += self.acceptedConnections.current
        for reason in CloseReason.allCases {
            statistics.closedConnections[reason, default: 0] += self.closedConnections[reason.rawValue].current
        }
        statistics.pausesAtConnectionLimit += self.pausesAtConnectionLimit.current
        statistics.pausesAtFileLimit += self.pausesAtFileLimit.current
        statistics.readPauses += self.readPauses.current
        statistics.computePauses += self.computePauses.current
        statistics.receivedRequests += self.receivedRequests.current
        statistics.truncatedRequests += self.truncatedRequests.current
        statistics.answeredRequests += self.answeredRequests.current
        statistics.residentAnswers += self.residentAnswers.current
        statistics.requestsWithoutPrime += self.requestsWithoutPrime.current
        statistics.droppedRequests += self.droppedRequests.current
        statistics.latency += self.latency.snapshot
    }
}
