internal import DequeModule

/// The queue of typed questions and the state of the server, a plain value: event in, effect out.
///
/// Entries take turns, so a number does not wait until a range before it is done. A question that failed goes back into
/// the queue and is asked again.
package struct TypedQuestions: Sendable {
    /// A question to ask now.
    package struct Question: Equatable, Sendable {
        package let ordinal: UInt32
        /// The time to wait before asking.
        package let pause: Duration
        /// Whether this is the only question under way, to find out whether the server answers.
        let isProbe: Bool
    }

    /// A change of the server's state to show.
    package enum News: Equatable, Sendable {
        case serverIsGone, serverIsBack
    }

    private enum Server {
        case present
        /// A question has failed. The next one is a probe, which shows whether the server is gone.
        case doubted
        case gone
    }

    /// The most entries in the queue: 16 MB, more than any paste.
    package static let entryLimit = 1_000_000

    /// The first pause between probes, and the longest, which bounds the delay in noticing the server's return.
    private static let pauses = (first: Duration.milliseconds(50), longest: Duration.seconds(2))

    private let concurrency: Int
    private var entries: Deque<Ordinals> = []
    private var failed: Deque<UInt32> = []
    private var server = Server.present
    private var pause = Self.pauses.first
    private var asked = 0
    private var isProbing = false
    /// The number of questions entered and not answered.
    package private(set) var unanswered = 0

    /// Makes an empty queue.
    ///
    /// - Parameter concurrency: The most questions under way at once.
    package init(concurrency: Int) {
        self.concurrency = concurrency
    }

    package var isServerGone: Bool { self.server == .gone }

    /// Appends an entry.
    ///
    /// - Returns: `false` if the queue is full.
    package mutating func add(_ ordinals: Ordinals) -> Bool {
        guard self.entries.count < Self.entryLimit else { return false }
        self.entries.append(ordinals)
        self.unanswered += ordinals.count
        return true
    }

    /// Returns the next question to ask; `nil` if there is none, or enough are under way.
    package mutating func next() -> Question? {
        let isProbe = self.server != .present
        guard isProbe ? !self.isProbing : self.asked < self.concurrency, let ordinal = self.nextOrdinal() else {
            return nil
        }
        self.asked += 1
        guard isProbe else { return Question(ordinal: ordinal, pause: .zero, isProbe: false) }
        self.isProbing = true
        // Half of the pause is random, so that many clients do not reconnect at the same moment.
        let pause = self.pause * Double.random(in: 0.5...1)
        self.pause = min(self.pause * 2, Self.pauses.longest)
        return Question(ordinal: ordinal, pause: pause, isProbe: true)
    }

    /// Handles an answer, or an error that only this question has.
    ///
    /// - Returns: The change to show; `nil` for none.
    package mutating func answered(_ question: Question) -> News? {
        self.asked -= 1
        self.unanswered -= 1
        // The server may have sent any other answer before it went away.
        guard question.isProbe else { return nil }
        let wasGone = self.server == .gone
        self.server = .present
        self.pause = Self.pauses.first
        self.isProbing = false
        return wasGone ? .serverIsBack : nil
    }

    /// Handles a question that failed because of the connection.
    ///
    /// - Parameters:
    ///   - question: The question, which goes back into the queue.
    ///   - isCertain: Whether the failure proves that the server is gone; otherwise a probe must.
    /// - Returns: The change to show; `nil` for none.
    package mutating func failed(_ question: Question, isCertain: Bool) -> News? {
        self.asked -= 1
        self.failed.append(question.ordinal)
        if question.isProbe { self.isProbing = false }
        switch self.server {
        case .present where !isCertain: self.server = .doubted
        // The question may have been sent before the first failure.
        case .doubted where !isCertain && !question.isProbe, .gone: break
        case .present, .doubted:
            self.server = .gone
            return .serverIsGone
        }
        return nil
    }

    /// Drops every question that is not under way.
    ///
    /// - Returns: The number of questions dropped.
    package mutating func drop() -> Int {
        let count = self.unanswered - self.asked
        self.entries = []
        self.failed = []
        self.unanswered = self.asked
        return count
    }

    private mutating func nextOrdinal() -> UInt32? {
        if let ordinal = self.failed.popFirst() { return ordinal }
        guard let entry = self.entries.popFirst() else { return nil }
        if let rest = entry.dropFirst() { self.entries.append(rest) }
        return entry.first
    }
}

extension Ordinals {
    /// Returns all but the first number; `nil` if there are no more.
    fileprivate func dropFirst() -> Ordinals? {
        guard self.last - self.first >= self.step else { return nil }
        return Ordinals(first: self.first + self.step, last: self.last, step: self.step)
    }
}
