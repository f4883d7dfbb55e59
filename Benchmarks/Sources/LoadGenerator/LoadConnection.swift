internal import Histogram

/// A connection and its place in the questions: how many it has asked, sent and had answered.
///
/// Places only grow; each access to the table of questions takes them modulo the table's length.
struct LoadConnection {
    private(set) var socket: LoadSocket?

    /// The place behind the last request that is to be sent.
    private var asked: Int
    private var sentBytes: Int
    private var answered: Int
    /// When each request in flight was asked, in nanoseconds; a ring with one element per request in flight.
    private var askedAt: [UInt64]
    /// The first bytes of an answer that is not complete yet.
    private var partialAnswer: UInt64 = 0
    private var partialByteCount = 0

    /// Creates a connection that is not open and has asked nothing.
    init(startingAt place: Int, depth: Int) {
        self.asked = place
        self.sentBytes = place * MemoryLayout<UInt32>.size
        self.answered = place
        self.askedAt = Array(repeating: 0, count: depth)
    }

    /// The number of unanswered requests.
    var inFlight: Int { self.asked - self.answered }

    /// Takes over a new socket; the requests that are still unanswered are sent again.
    mutating func open(_ socket: LoadSocket) {
        precondition(self.socket == nil, "the connection is open")
        self.socket = socket
        self.sentBytes = self.answered * MemoryLayout<UInt32>.size
        self.partialByteCount = 0
    }

    /// Closes the connection; requests in flight count as not asked.
    mutating func close() {
        self.socket?.close()
        self.socket = nil
        self.asked = self.answered
    }

    /// Adds requests to send.
    mutating func ask(_ count: Int, now: UInt64) {
        for place in self.asked..<self.asked + count { self.askedAt[place % self.askedAt.count] = now }
        self.asked += count
    }

    /// Sends the requests that are not sent yet.
    ///
    /// - Returns: `false` if the socket is full before all are sent.
    mutating func send(_ questions: Questions) -> Bool {
        guard let socket = self.socket else { return true }
        let tableBytes = questions.requests.count * MemoryLayout<UInt32>.size
        let askedBytes = self.asked * MemoryLayout<UInt32>.size
        while self.sentBytes < askedBytes {
            let start = self.sentBytes % tableBytes
            let end = min(start + askedBytes - self.sentBytes, tableBytes)
            switch socket.send(questions.requests, bytes: start..<end) {
            case .moved(let count): self.sentBytes += count
            case .wouldBlock: return false
            // Receiving reaches the same end, after the answers that arrived before it.
            case .ended: return true
            }
        }
        return true
    }

    /// Receives answers, and checks and times them.
    ///
    /// - Parameters:
    ///   - buffer: Scratch space for at least two answers.
    ///   - questions: The questions and their right answers.
    ///   - report: Counts the answers.
    ///   - now: Returns the time in nanoseconds; called after the bytes have arrived.
    /// - Returns: As ``LoadSocket/receive(into:from:)``; also `.ended` if there are more answers than requests.
    mutating func receive(
        into buffer: inout [UInt64],
        checkingWith questions: Questions,
        reportingTo report: inout LoadReport,
        now: () -> UInt64
    ) -> LoadSocket.Outcome {
        guard let socket = self.socket else { return .ended }
        buffer[0] = self.partialAnswer
        let outcome = socket.receive(into: &buffer, from: self.partialByteCount)
        guard case .moved(let byteCount) = outcome else { return outcome }
        let (count, rest) = (self.partialByteCount + byteCount).quotientAndRemainder(
            dividingBy: MemoryLayout<UInt64>.size
        )
        guard count <= self.inFlight else { return .ended }
        let now = now()
        var place = self.answered % questions.answers.count
        for answer in buffer[..<count] {
            if answer != questions.answers[place] { report.wrongAnswers += 1 }
            report.latencies.record(now - self.askedAt[self.answered % self.askedAt.count])
            self.answered += 1
            place = place + 1 == questions.answers.count ? 0 : place + 1
        }
        report.answers += count
        self.partialAnswer = rest > 0 ? buffer[count] : 0
        self.partialByteCount = rest
        return outcome
    }
}
