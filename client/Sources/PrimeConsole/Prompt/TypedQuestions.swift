internal import DequeModule

/// The questions that still want an answer, and whether the server is there to give it: a plain value, event in, effect out.
///
/// Each entry gets its turn, so a number need not wait until a range before it is done. A question that found no server goes
/// back into the queue and is asked again: a prime does not change.
package struct TypedQuestions: Sendable {
    /// A question to be asked now.
    package struct Question: Equatable, Sendable {
        package let ordinal: UInt32
        /// How long to wait before asking.
        package let pause: Duration
        /// Whether the answer shows that the server is there.
        let isProbe: Bool
    }

    /// What the person should know.
    package enum News: Equatable, Sendable {
        case serverIsGone, serverIsBack
    }

    private enum Server {
        case present
        /// A question has failed: one is asked alone, to see whether that was chance.
        case doubted
        case gone
    }

    /// More than anybody pastes; 16 MB.
    package static let entryLimit = 1_000_000

    /// The first pause, and the longest, which is how late the server's return may be seen.
    private static let pauses = (first: Duration.milliseconds(50), longest: Duration.seconds(2))

    private let concurrency: Int
    private var entries: Deque<Ordinals> = []
    private var failed: Deque<UInt32> = []
    private var server = Server.present
    private var pause = Self.pauses.first
    private var asked = 0
    private var isProbing = false
    /// How many questions have been entered and have no answer.
    package private(set) var unanswered = 0

    /// Makes an empty queue.
    ///
    /// - Parameter concurrency: How many questions may be under way at once.
    package init(concurrency: Int) {
        self.concurrency = concurrency
    }

    package var isServerGone: Bool { self.server == .gone }

    /// Takes an entry.
    ///
    /// - Returns: Whether there was room.
    package mutating func add(_ ordinals: Ordinals) -> Bool {
        guard self.entries.count < Self.entryLimit else { return false }
        self.entries.append(ordinals)
        self.unanswered += ordinals.count
        return true
    }

    /// The next question to be asked; `nil` if there is none, or enough are under way.
    package mutating func next() -> Question? {
        let isProbe = self.server != .present
        guard isProbe ? !self.isProbing : self.asked < self.concurrency, let ordinal = self.nextOrdinal() else {
            return nil
        }
        self.asked += 1
        guard isProbe else { return Question(ordinal: ordinal, pause: .zero, isProbe: false) }
        self.isProbing = true
        // Half of it is left to chance, so that many clients do not come back all at once.
        let pause = self.pause * Double.random(in: 0.5...1)
        self.pause = min(self.pause * 2, Self.pauses.longest)
        return Question(ordinal: ordinal, pause: pause, isProbe: true)
    }

    /// The server has answered, be it that there is no such prime.
    package mutating func answered(_ question: Question) -> News? {
        self.asked -= 1
        self.unanswered -= 1
        // Another answer may have been sent before the server went.
        guard question.isProbe else { return nil }
        let wasGone = self.server == .gone
        self.server = .present
        self.pause = Self.pauses.first
        self.isProbing = false
        return wasGone ? .serverIsBack : nil
    }

    /// There was no server, or it broke off.
    ///
    /// - Parameters:
    ///   - question: What had been asked.
    ///   - isCertain: Whether the server is known to be gone by that; else another question is to show it.
    /// - Returns: What the person should know.
    package mutating func failed(_ question: Question, isCertain: Bool) -> News? {
        self.asked -= 1
        self.failed.append(question.ordinal)
        if question.isProbe { self.isProbing = false }
        switch self.server {
        case .present where !isCertain: self.server = .doubted
        // Another question may have been sent before the doubt.
        case .doubted where !isCertain && !question.isProbe, .gone: break
        case .present, .doubted:
            self.server = .gone
            return .serverIsGone
        }
        return nil
    }

    /// Gives up all that is not on its way.
    ///
    /// - Returns: How many questions that were.
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
    /// All but the first; `nil` if there are no more.
    fileprivate func dropFirst() -> Ordinals? {
        guard self.last - self.first >= self.step else { return nil }
        return Ordinals(first: self.first + self.step, last: self.last, step: self.step)
    }
}
