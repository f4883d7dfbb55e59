public import PrimeClient

/// Answers a stream of lines: many questions at once, the answers in the order of the lines.
public struct BatchRun: Sendable {
    private let client: PrimeClient
    private let concurrency: Int
    private let answers: TextOutput
    private let report: @Sendable (String) -> Void

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - client: Whom to ask.
    ///   - concurrency: How many questions may be under way at once; at least 1.
    ///   - answers: Takes a line an answer: M, a tab, the M-th prime.
    ///   - report: Takes a line for each question without an answer.
    public init(
        client: PrimeClient,
        concurrency: Int,
        answers: TextOutput,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.client = client
        self.concurrency = concurrency
        self.answers = answers
        self.report = report
    }

    /// Asks for every M in the lines.
    ///
    /// - Parameters:
    ///   - lines: What the user wrote; see ``OrdinalParser``.
    ///   - lineName: What a line is called in reports, with its number from 1.
    /// - Returns: Whether all lines were right and all questions answered.
    /// - Throws: What reading the lines or writing the answers throws.
    /// - Complexity: Memory for a bounded number of questions, whatever the number of lines.
    public func run<Lines: AsyncSequence>(
        _ lines: Lines,
        lineName: @escaping @Sendable (Int) -> String
    ) async throws -> Bool {
        let parser = OrdinalParser()
        let results = OrderedResults(answers: self.answers, report: self.report)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var asked = 0
            var lineNumber = 0
            for try await line in lines {
                lineNumber += 1
                let name = lineName(lineNumber)
                let ordinals: Ordinals?
                do throws(OrdinalSyntaxError) {
                    ordinals = try parser.parse(line: "\(line)")
                } catch {
                    try await results.add(.failure("\(name)\(error)"), at: asked)
                    asked += 1
                    continue
                }
                guard let ordinals else { continue }
                for ordinal in ordinals {
                    // Counted are the questions not yet printed, so answers that overtake a slow one stay few, too.
                    while await results.printed + self.concurrency <= asked {
                        try await group.next()
                    }
                    group.addTask { [asked] in
                        try await results.add(self.ask(for: ordinal, lineName: name), at: asked)
                    }
                    asked += 1
                }
            }
            try await group.waitForAll()
        }
        return await !results.hasFailures
    }

    private func ask(for ordinal: UInt32, lineName: String) async -> OrderedResults.Outcome {
        do throws(PrimeClientError) {
            return .answer("\(ordinal)\t\(try await self.client.prime(at: ordinal))\n")
        } catch {
            return .failure("\(lineName)M = \(ordinal): \(error)")
        }
    }
}

/// Holds results that came early until all before them have been printed.
private actor OrderedResults {
    enum Outcome {
        case answer(String)
        case failure(String)
    }

    private let answers: TextOutput
    private let report: @Sendable (String) -> Void
    private var early: [Int: Outcome] = [:]
    private(set) var printed = 0
    private(set) var hasFailures = false

    init(answers: TextOutput, report: @escaping @Sendable (String) -> Void) {
        self.answers = answers
        self.report = report
    }

    /// Takes a result, and prints all whose turn has come.
    func add(_ outcome: Outcome, at position: Int) throws {
        self.early[position] = outcome
        while let next = self.early.removeValue(forKey: self.printed) {
            self.printed += 1
            switch next {
            case .answer(let line):
                try self.answers.write(line)
            case .failure(let message):
                self.hasFailures = true
                self.report(message)
            }
        }
    }
}
