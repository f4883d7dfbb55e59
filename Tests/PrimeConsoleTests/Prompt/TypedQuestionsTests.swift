import PrimeConsole
import Testing

@Suite
struct TypedQuestionsTests {
    private func queue(_ entries: [String], concurrency: Int = 4) throws -> TypedQuestions {
        var queue = TypedQuestions(concurrency: concurrency)
        for entry in entries {
            let isTaken = queue.add(try #require(try OrdinalParser.parse(entry)), entered: .now)
            #expect(isTaken)
        }
        return queue
    }

    /// Returns all questions that may be asked now.
    private func questions(_ queue: inout TypedQuestions) -> [TypedQuestions.Question] {
        var questions: [TypedQuestions.Question] = []
        while let question = queue.next() { questions.append(question) }
        return questions
    }

    private func next(_ queue: inout TypedQuestions) throws -> TypedQuestions.Question {
        let next = queue.next()
        return try #require(next)
    }

    @Test
    func `the allowed number of questions is under way at once, and entries take turns`() throws {
        var queue = try self.queue(["1..4294967295", "7", "10..11"], concurrency: 3)
        let first = self.questions(&queue)
        #expect(first.map(\.ordinal) == [1, 7, 10])
        #expect(first.allSatisfy { $0.pause == .zero })
        #expect(queue.answered(first[1]) == nil)
        #expect(self.questions(&queue).map(\.ordinal) == [2])
        #expect(queue.unanswered == 4_294_967_297)
    }

    @Test
    func `every number of a range with a step is asked`() throws {
        var queue = try self.queue(["4294967280..4294967295/10"])
        #expect(queue.unanswered == 2)
        #expect(self.questions(&queue).map(\.ordinal) == [4_294_967_280, 4_294_967_290])
    }

    @Test
    func `a question that fails once is asked again, without a message`() throws {
        var queue = try self.queue(["1..3"])
        let questions = self.questions(&queue)
        #expect(queue.failed(questions[1], isCertain: false) == nil)
        let again = self.questions(&queue)
        #expect(again.map(\.ordinal) == [2])
        #expect(again[0].pause > .zero)
        for question in [questions[0], questions[2], again[0]] { #expect(queue.answered(question) == nil) }
        #expect(queue.unanswered == 0)
    }

    @Test
    func `a server that is gone is reported once, probed at growing intervals, and reported when back`() throws {
        var queue = try self.queue(["1..3"])
        for question in self.questions(&queue) { #expect(queue.failed(question, isCertain: false) == nil) }
        var news: [TypedQuestions.News?] = []
        var pauses: [Duration] = []
        for _ in 0..<12 {
            let probes = self.questions(&queue)
            #expect(probes.count == 1)
            pauses.append(probes[0].pause)
            news.append(queue.failed(probes[0], isCertain: false))
        }
        #expect(news == [.serverIsGone] + Array(repeating: nil, count: 11))
        #expect(queue.isServerGone)
        // The pauses double up to 2 s; up to half of each is random.
        #expect(pauses[0] <= .milliseconds(50) && pauses[4] >= .milliseconds(400))
        #expect(pauses.allSatisfy { $0 <= .seconds(2) } && pauses[11] >= .seconds(1))
        let probe = try #require(self.questions(&queue).first)
        #expect(queue.answered(probe) == .serverIsBack)
        let rest = self.questions(&queue)
        #expect(Set(rest.map(\.ordinal) + [probe.ordinal]) == [1, 2, 3])
        #expect(rest.allSatisfy { $0.pause == .zero })
    }

    @Test
    func `an answer to a question from before the failure does not bring the server back`() throws {
        var queue = try self.queue(["1..2"])
        let questions = self.questions(&queue)
        _ = queue.failed(questions[0], isCertain: false)
        let probe = try #require(self.questions(&queue).first)
        #expect(queue.failed(probe, isCertain: false) == .serverIsGone)
        #expect(queue.answered(questions[1]) == nil)
        #expect(queue.isServerGone)
    }

    @Test
    func `a server that is certainly gone is reported at once, and only once`() throws {
        var queue = try self.queue(["1..3"])
        let questions = self.questions(&queue)
        #expect(queue.failed(questions[0], isCertain: true) == .serverIsGone)
        for question in questions.dropFirst() { #expect(queue.failed(question, isCertain: true) == nil) }
        #expect(queue.isServerGone)
    }

    @Test
    func `questions that are dropped are not asked, and questions under way are still answered`() throws {
        var queue = try self.queue(["1..100", "7"], concurrency: 3)
        let questions = self.questions(&queue)
        #expect(queue.failed(questions[0], isCertain: false) == nil)
        #expect(queue.drop() == 99)
        #expect(queue.unanswered == 2)
        #expect(questions.dropFirst().allSatisfy(queue.isWanted))
        #expect(queue.answered(questions[1]) == nil)
        #expect(queue.answered(questions[2]) == nil)
        #expect(queue.unanswered == 0)
    }

    @Test
    func `a server that is gone does not keep its questions from being dropped`() throws {
        var queue = try self.queue(["1..100"], concurrency: 3)
        let questions = self.questions(&queue)
        #expect(queue.failed(questions[0], isCertain: true) == .serverIsGone)
        let probe = try #require(self.questions(&queue).first)
        #expect(queue.drop() == 100)
        #expect(queue.unanswered == 0)
        #expect(!queue.isWanted(questions[1]) && !queue.isWanted(probe))
        #expect(queue.failed(questions[1], isCertain: true) == nil)
        #expect(queue.answered(probe) == .serverIsBack)
        #expect(queue.failed(questions[2], isCertain: true) == nil)
        #expect(queue.unanswered == 0)
        #expect(self.questions(&queue).filter(queue.isWanted) == [])
    }

    @Test
    func `a question keeps the time of its Enter, also when it is asked again`() throws {
        let entered = ContinuousClock.now - .seconds(40)
        var queue = TypedQuestions(concurrency: 2)
        let isTaken = queue.add(try #require(try OrdinalParser.parse("1..3")), entered: entered)
        #expect(isTaken)
        let questions = self.questions(&queue)
        _ = queue.failed(questions[0], isCertain: true)
        let again = try self.next(&queue)
        #expect(queue.answered(again) == .serverIsBack)
        let last = try self.next(&queue)
        #expect((questions + [again, last]).map(\.ordinal) == [1, 2, 1, 3])
        #expect((questions + [again, last]).allSatisfy { $0.entered == entered })
    }

    // MARK: - Checks

    @Test
    func `a check reports a server that is not there, and checks follow until it is`() throws {
        var queue = TypedQuestions(concurrency: 2)
        let first = queue.check()
        #expect(first.pause == .zero && !queue.isWanted(first))
        #expect(self.questions(&queue) == [])
        #expect(queue.failed(first, isCertain: true) == .serverIsGone)
        for _ in 0..<3 {
            let checks = self.questions(&queue)
            #expect(checks.count == 1 && checks.allSatisfy { !queue.isWanted($0) && $0.pause > .zero })
            #expect(queue.failed(checks[0], isCertain: true) == nil)
        }
        let last = try self.next(&queue)
        #expect(queue.answered(last) == .serverIsBack)
        #expect(self.questions(&queue) == [])
        #expect(queue.unanswered == 0)
    }

    @Test
    func `a check does not delay a question`() throws {
        var queue = TypedQuestions(concurrency: 1)
        let check = queue.check()
        let isTaken = queue.add(try #require(try OrdinalParser.parse("7..8")), entered: .now)
        #expect(isTaken)
        #expect(self.questions(&queue).map(\.ordinal) == [7])
        #expect(queue.failed(check, isCertain: true) == .serverIsGone)
        // While the server is gone, a question of the user is the probe, even if a check is under way.
        #expect(self.questions(&queue).map(\.ordinal) == [8])
    }

    @Test
    func `a failure does not show that the server is gone if it has answered meanwhile`() throws {
        var queue = try self.queue(["7..8"])
        let check = queue.check()
        let questions = self.questions(&queue)
        #expect(queue.answered(questions[0]) == nil)
        #expect(queue.failed(check, isCertain: true) == nil)
        #expect(queue.failed(questions[1], isCertain: true) == nil)
        let probe = try self.next(&queue)
        #expect(probe.ordinal == 8 && probe.pause > .zero)
        #expect(queue.failed(probe, isCertain: true) == .serverIsGone)
    }

    @Test
    func `an error of this machine does not show that the server is back`() throws {
        var queue = TypedQuestions(concurrency: 1)
        let check = queue.check()
        #expect(queue.failed(check, isCertain: true) == .serverIsGone)
        let next = try self.next(&queue)
        #expect(queue.answered(next, isFromServer: false) == nil)
        #expect(queue.next() == nil)
    }

    @Test
    func `entries beyond the limit are refused`() throws {
        var queue = TypedQuestions(concurrency: 1)
        let one = try #require(try OrdinalParser.parse("1"))
        for _ in 0..<TypedQuestions.entryLimit where !queue.add(one, entered: .now) {
            Issue.record("refused too early")
        }
        let isTaken = queue.add(one, entered: .now)
        #expect(!isTaken)
        #expect(queue.unanswered == TypedQuestions.entryLimit)
    }
}
