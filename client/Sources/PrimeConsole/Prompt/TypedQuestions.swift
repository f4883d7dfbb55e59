internal import DequeModule

/// The queue of typed questions and the state of the server, a plain value: event in, effect out.
///
/// Entries take turns, so a number does not wait until a range before it is done. A question that failed goes back into
/// the queue and is asked again.
package struct TypedQuestions: Sendable {
    /// A question to ask now.
    package struct Question: Equatable, Sendable {
        package let ordinal: UInt32
        /// When the user pressed Enter; `nil` for a check of the server, whose answer is not shown.
        package let entered: ContinuousClock.Instant?
        /// The time to wait before asking.
        package let pause: Duration
        /// Whether it finds out whether the server answers, after a failure.
        let isProbe: Bool
        /// The number of answers before it was asked.
        let answersBefore: Int
        /// The number of drops before it was asked that included questions under way.
        let dropsBefore: Int
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
    private var entries: Deque<(ordinals: Ordinals, entered: ContinuousClock.Instant)> = []
    private var failed: Deque<(ordinal: UInt32, entered: ContinuousClock.Instant)> = []
    private var server = Server.present
    private var pause = Self.pauses.first
    /// The number of questions under way, without checks.
    private var asked = 0
    /// Whether a question of the user is under way as a probe.
    private var isProbing = false
    /// Whether a check is under way.
    private var isChecking = false
    private var answers = 0
    private var drops = 0
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
    /// - Parameters:
    ///   - ordinals: The questions.
    ///   - entered: When the user pressed Enter.
    /// - Returns: `false` if the queue is full.
    package mutating func add(_ ordinals: Ordinals, entered: ContinuousClock.Instant) -> Bool {
        guard self.entries.count < Self.entryLimit else { return false }
        self.entries.append((ordinals, entered))
        self.unanswered += ordinals.count
        return true
    }

    /// Returns a check of the server, to ask next to what the user enters.
    package mutating func check() -> Question {
        self.isChecking = true
        // A server with the other byte order gives another answer.
        return self.question(1, entered: nil)
    }

    /// Returns the next question to ask; `nil` if there is none, or enough are under way.
    ///
    /// While the server is gone there is always one, a check if the user waits for nothing.
    package mutating func next() -> Question? {
        let isProbe = self.server != .present
        guard isProbe ? !self.isProbing : self.asked < self.concurrency else { return nil }
        guard let next = self.nextEntered() else { return isProbe && !self.isChecking ? self.check() : nil }
        self.asked += 1
        if isProbe { self.isProbing = true }
        return self.question(next.ordinal, entered: next.entered)
    }

    /// Returns whether the user waits for the answer.
    package func isWanted(_ question: Question) -> Bool {
        question.entered != nil && question.dropsBefore == self.drops
    }

    /// Handles an answer, or an error that only this question has.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - isFromServer: Whether the server has answered, rather than this machine lacked something.
    /// - Returns: The change to show; `nil` for none.
    package mutating func answered(_ question: Question, isFromServer: Bool = true) -> News? {
        self.ended(question)
        if self.isWanted(question) { self.unanswered -= 1 }
        if isFromServer { self.answers += 1 }
        // The server may have sent any other answer before it went away.
        guard question.isProbe else { return nil }
        let wasGone = self.server == .gone
        self.server = .present
        self.pause = Self.pauses.first
        return wasGone && isFromServer ? .serverIsBack : nil
    }

    /// Handles a question that failed because of the connection.
    ///
    /// - Parameters:
    ///   - question: The question, which goes back into the queue.
    ///   - isCertain: Whether the failure shows that the server is gone, unless it has answered meanwhile; otherwise a
    ///     probe must.
    /// - Returns: The change to show; `nil` for none.
    package mutating func failed(_ question: Question, isCertain: Bool) -> News? {
        self.ended(question)
        if let entered = question.entered, self.isWanted(question) { self.failed.append((question.ordinal, entered)) }
        switch self.server {
        case .gone: break
        case .present where !isCertain, _ where question.answersBefore < self.answers: self.server = .doubted
        // The question may have been sent before the first failure.
        case .doubted where !isCertain && !question.isProbe: break
        case .present, .doubted:
            self.server = .gone
            return .serverIsGone
        }
        return nil
    }

    /// Drops every question that is not under way, and, if the server is gone, also those that are.
    ///
    /// - Returns: The number of questions dropped.
    package mutating func drop() -> Int {
        if self.isServerGone {
            self.drops += 1
            self.asked = 0
        }
        let count = self.unanswered - self.asked
        self.entries = []
        self.failed = []
        self.unanswered = self.asked
        return count
    }

    private mutating func nextEntered() -> (ordinal: UInt32, entered: ContinuousClock.Instant)? {
        if let question = self.failed.popFirst() { return question }
        guard let (ordinals, entered) = self.entries.popFirst() else { return nil }
        if let rest = ordinals.dropFirst() { self.entries.append((rest, entered)) }
        return (ordinals.first, entered)
    }

    private mutating func question(_ ordinal: UInt32, entered: ContinuousClock.Instant?) -> Question {
        let isProbe = self.server != .present
        var pause = Duration.zero
        if isProbe {
            // Half of the pause is random, so that many clients do not reconnect at the same moment.
            pause = self.pause * Double.random(in: 0.5...1)
            self.pause = min(self.pause * 2, Self.pauses.longest)
        }
        return Question(
            ordinal: ordinal,
            entered: entered,
            pause: pause,
            isProbe: isProbe,
            answersBefore: self.answers,
            dropsBefore: self.drops
        )
    }

    /// Takes a question off those under way.
    private mutating func ended(_ question: Question) {
        if question.entered == nil {
            self.isChecking = false
        } else if question.isProbe {
            self.isProbing = false
        }
        if self.isWanted(question) { self.asked -= 1 }
    }
}

extension Ordinals {
    /// Returns all but the first number; `nil` if there are no more.
    fileprivate func dropFirst() -> Ordinals? {
        guard self.last - self.first >= self.step else { return nil }
        return Ordinals(first: self.first + self.step, last: self.last, step: self.step)
    }
}
