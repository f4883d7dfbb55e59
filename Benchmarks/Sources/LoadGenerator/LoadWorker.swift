internal import Glibc
internal import NIOCore

/// One thread of a run, with its share of the connections.
struct LoadWorker: ~Copyable {
    /// The run ends if no answer arrives for this long.
    private static let patienceMilliseconds: Int32 = 10_000
    /// After this many lost connections no new ones are opened.
    private static let lostConnectionLimit = 1000
    /// The answers that one read takes at most; a connection with more in flight reads several times.
    private static let answersAtOnce = 8192

    private let plan: LoadPlan
    private let questions: Questions
    private let deadline: UInt64
    private var requestsLeft: Int
    private var connections: [LoadConnection]
    private var openCount = 0
    private let sources: [SocketAddress]
    private var openedCount = 0
    private var events = EventQueue()
    private var buffer = [UInt64](repeating: 0, count: Self.answersAtOnce)
    private var report = LoadReport()

    /// Prepares one of the plan's threads.
    ///
    /// - Parameters:
    ///   - number: The thread's number, from 0.
    ///   - plan: The plan that all threads share.
    ///   - questions: The questions, asked again from the first after the last.
    init(number: Int, of plan: LoadPlan, asking questions: Questions) {
        self.plan = plan
        self.questions = questions
        self.sources = plan.sources
        // Connections start far apart in the questions, so that they do not ask the same at the same time.
        let stride = max(1, questions.requests.count / plan.connections)
        self.connections = Swift.stride(from: number, to: plan.connections, by: plan.threads).map {
            LoadConnection(startingAt: $0 * stride, depth: plan.depth)
        }
        switch plan.limit {
        case .duration(let duration):
            self.deadline = Self.now() + UInt64(duration / .nanoseconds(1))
            self.requestsLeft = .max
        case .requests(let count):
            self.deadline = .max
            self.requestsLeft = (count + plan.threads - 1 - number) / plan.threads
        }
    }

    /// Asks until the plan's limit, and waits for the last answers.
    ///
    /// - Throws: ``LoadError`` if the system has no more connections.
    consuming func run() throws(LoadError) -> LoadReport {
        let start = Self.now()
        var end = start
        for token in self.connections.indices { try self.open(token) }
        while self.openCount > 0 {
            let count = self.events.wait(milliseconds: Self.patienceMilliseconds)
            guard count > 0 else { break }
            for index in 0..<count { try self.handle(self.events[index]) }
            end = Self.now()
        }
        for token in self.connections.indices {
            self.report.unanswered += self.connections[token].inFlight
            self.connections[token].close()
        }
        self.report.seconds = Double(end - start) / 1e9
        return self.report
    }

    /// Opens a connection and sends its first requests, unless the limit is reached.
    private mutating func open(_ token: Int) throws(LoadError) {
        let now = Self.now()
        let count = min(self.plan.depth, self.requestsLeft)
        guard count > 0, now < self.deadline, self.report.lostConnections < Self.lostConnectionLimit else { return }
        let source = self.sources.isEmpty ? nil : self.sources[self.openedCount % self.sources.count]
        let socket = try LoadSocket(connectingTo: self.plan.address, from: source)
        self.openedCount += 1
        self.connections[token].open(socket)
        self.openCount += 1
        self.requestsLeft -= count
        self.connections[token].ask(count, now: now)
        let isSent = self.connections[token].send(self.questions)
        self.events.add(socket, token: token, isFull: !isSent)
    }

    private mutating func handle(_ event: EventQueue.Event) throws(LoadError) {
        let token = event.token
        var answered = 0
        receiving: while true {
            let inFlight = self.connections[token].inFlight
            let outcome = self.connections[token].receive(
                into: &self.buffer,
                checkingWith: self.questions,
                reportingTo: &self.report,
                now: Self.now
            )
            switch outcome {
            case .moved(let byteCount):
                answered += inFlight - self.connections[token].inFlight
                // A short read has emptied the socket, but the end of the stream may follow.
                let isDrained = byteCount < (self.buffer.count - 1) * MemoryLayout<UInt64>.size
                if isDrained, !event.isLast || self.connections[token].inFlight == 0 { break receiving }
            case .wouldBlock:
                break receiving
            case .ended:
                return try self.lose(token)
            }
        }
        try self.proceed(token, answered: answered)
    }

    /// Sends one new request per answer, or closes the connection.
    private mutating func proceed(_ token: Int, answered: Int) throws(LoadError) {
        guard let socket = self.connections[token].socket else { return }
        let now = Self.now()
        if !self.plan.reconnects, now < self.deadline {
            let count = min(answered, self.requestsLeft)
            self.requestsLeft -= count
            self.connections[token].ask(count, now: now)
        }
        if self.connections[token].inFlight == 0 {
            self.close(token)
            if self.plan.reconnects { try self.open(token) }
        } else if !self.connections[token].send(self.questions) {
            self.events.watchFull(socket, token: token)
        }
    }

    private mutating func lose(_ token: Int) throws(LoadError) {
        self.report.lostConnections += 1
        self.report.unanswered += self.connections[token].inFlight
        self.close(token)
        try self.open(token)
    }

    private mutating func close(_ token: Int) {
        self.connections[token].close()
        self.openCount -= 1
    }

    /// Returns the time of the monotonic clock, in nanoseconds.
    private static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
