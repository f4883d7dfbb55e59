import PrimeConsole
import Testing

@Suite
struct TypedQuestionsTests {
    private func queue(_ entries: [String], concurrency: Int = 4) throws -> TypedQuestions {
        var queue = TypedQuestions(concurrency: concurrency)
        for entry in entries {
            let isTaken = queue.add(try #require(try OrdinalParser().parse(line: entry)))
            #expect(isTaken)
        }
        return queue
    }

    /// All that may be asked now.
    private func questions(_ queue: inout TypedQuestions) -> [TypedQuestions.Question] {
        var questions: [TypedQuestions.Question] = []
        while let question = queue.next() { questions.append(question) }
        return questions
    }

    @Test
    func `questions are under way at once, as many as are allowed, and each entry gets its turn`() throws {
        var queue = try self.queue(["1..4294967295", "7", "10..11"], concurrency: 3)
        let first = self.questions(&queue)
        #expect(first.map(\.ordinal) == [1, 7, 10])
        #expect(first.allSatisfy { $0.pause == .zero })
        #expect(queue.answered(first[1]) == nil)
        #expect(self.questions(&queue).map(\.ordinal) == [2])
        #expect(queue.unanswered == 4_294_967_297)
    }

    @Test
    func `a range is asked to its end, step by step`() throws {
        var queue = try self.queue(["4294967280..4294967295/10"])
        #expect(queue.unanswered == 2)
        #expect(self.questions(&queue).map(\.ordinal) == [4_294_967_280, 4_294_967_290])
    }

    @Test
    func `what failed by chance is asked again, and nobody is told`() throws {
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
    func `a server that is gone is told once, asked ever less often, and told once when it is back`() throws {
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
        // At least doubled, but for the half that is chance; at most 2 s.
        #expect(pauses[0] <= .milliseconds(50) && pauses[4] >= .milliseconds(400))
        #expect(pauses.allSatisfy { $0 <= .seconds(2) } && pauses[11] >= .seconds(1))
        let probe = try #require(self.questions(&queue).first)
        #expect(queue.answered(probe) == .serverIsBack)
        let rest = self.questions(&queue)
        #expect(Set(rest.map(\.ordinal) + [probe.ordinal]) == [1, 2, 3])
        #expect(rest.allSatisfy { $0.pause == .zero })
    }

    @Test
    func `an answer that was on its way already does not bring a server back`() throws {
        var queue = try self.queue(["1..2"])
        let questions = self.questions(&queue)
        _ = queue.failed(questions[0], isCertain: false)
        let probe = try #require(self.questions(&queue).first)
        #expect(queue.failed(probe, isCertain: false) == .serverIsGone)
        #expect(queue.answered(questions[1]) == nil)
        #expect(queue.isServerGone)
    }

    @Test
    func `a server that is certainly gone is told at once, and once`() throws {
        var queue = try self.queue(["1..3"])
        let questions = self.questions(&queue)
        #expect(queue.failed(questions[0], isCertain: true) == .serverIsGone)
        for question in questions.dropFirst() { #expect(queue.failed(question, isCertain: true) == nil) }
        #expect(queue.isServerGone)
    }

    @Test
    func `what is dropped is asked no more, what is on its way is answered`() throws {
        var queue = try self.queue(["1..100", "7"], concurrency: 3)
        let questions = self.questions(&queue)
        #expect(queue.failed(questions[0], isCertain: false) == nil)
        #expect(queue.drop() == 99)
        #expect(queue.unanswered == 2)
        #expect(self.questions(&queue) == [])
        #expect(queue.answered(questions[1]) == nil)
        #expect(queue.answered(questions[2]) == nil)
        #expect(queue.unanswered == 0)
    }

    @Test
    func `entries beyond the limit are refused`() throws {
        var queue = TypedQuestions(concurrency: 1)
        let one = try #require(try OrdinalParser().parse(line: "1"))
        for _ in 0..<TypedQuestions.entryLimit where !queue.add(one) { Issue.record("refused too early") }
        let isTaken = queue.add(one)
        #expect(!isTaken)
        #expect(queue.unanswered == TypedQuestions.entryLimit)
    }
}
