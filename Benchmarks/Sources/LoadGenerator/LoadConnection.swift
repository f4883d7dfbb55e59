internal import Histogram

/// One connection's place in the questions: what it has asked, sent, and got answered.
///
/// Places count from the connection's first question on and are reduced modulo the table's length when it is looked at.
struct LoadConnection {
    private(set) var socket: LoadSocket?

    /// How many requests are to be sent, up to here.
    private var asked: Int
    private var sentBytes: Int
    private var answered: Int
    /// When each request in flight was asked, in nanoseconds; a ring, as long as the connection is deep.
    private var askedAt: [UInt64]
    /// The first bytes of an answer that has not come whole.
    private var partialAnswer: UInt64 = 0
    private var partialByteCount = 0

    /// Starts at a place in the questions; nothing is open or asked yet.
    init(startingAt place: Int, depth: Int) {
        self.asked = place
        self.sentBytes = place * MemoryLayout<UInt32>.size
        self.answered = place
        self.askedAt = Array(repeating: 0, count: depth)
    }

    /// How many requests are unanswered.
    var inFlight: Int { self.asked - self.answered }

    /// A new connection takes this one's place, and asks what this one was not answered.
    mutating func open(_ socket: LoadSocket) {
        precondition(self.socket == nil, "the connection is open")
        self.socket = socket
        self.sentBytes = self.answered * MemoryLayout<UInt32>.size
        self.partialByteCount = 0
    }

    /// Ends the connection; what is in flight will not be answered, and has not been asked.
    mutating func close() {
        self.socket?.close()
        self.socket = nil
        self.asked = self.answered
    }

    /// Adds requests to those to be sent.
    mutating func ask(_ count: Int, now: UInt64) {
        for place in self.asked..<self.asked + count { self.askedAt[place % self.askedAt.count] = now }
        self.asked += count
    }

    /// Sends what is to be sent.
    ///
    /// - Returns: `false` if some of it does not fit into the socket now.
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
            // Receiving meets the same end, after the answers that came before it.
            case .ended: return true
            }
        }
        return true
    }

    /// Receives answers, checks and times them.
    ///
    /// - Parameters:
    ///   - buffer: Room for them, for the length of this call; at least two.
    ///   - questions: What the answers are compared with.
    ///   - report: Counts them.
    ///   - now: The time, in nanoseconds; taken after the bytes have come.
    /// - Returns: As ``LoadSocket/receive(into:from:)``, and as `.ended` too when more was answered than asked.
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
