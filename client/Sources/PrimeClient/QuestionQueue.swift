internal import DequeModule

/// Questions that no connection has taken yet.
struct QuestionQueue {
    private var spans: Deque<QuestionSpan> = []
    /// How many questions there are.
    private(set) var count = 0

    var isEmpty: Bool { self.count == 0 }

    /// Adds questions behind all others.
    mutating func append(_ span: QuestionSpan) {
        self.spans.append(span)
        self.count += span.places.count
    }

    /// Puts questions that were taken before all others: these wait for them, as answers are wanted in order.
    mutating func putBack(_ span: QuestionSpan) {
        guard !span.batch.isDone, !span.places.isEmpty else { return }
        self.spans.prepend(span)
        self.count += span.places.count
    }

    /// Takes the next questions.
    ///
    /// - Parameter limit: How many at most, at least 1.
    /// - Returns: Questions of one batch; `nil` if none wait.
    mutating func take(_ limit: Int) -> QuestionSpan? {
        while let first = self.spans.first, first.batch.isDone {
            self.spans.removeFirst()
            self.count -= first.places.count
        }
        guard !self.spans.isEmpty else { return nil }
        let taken = self.spans[0].takeFirst(limit)
        if self.spans[0].places.isEmpty { self.spans.removeFirst() }
        self.count -= taken.places.count
        return taken
    }

    /// Takes all.
    mutating func takeAll() -> [QuestionSpan] {
        defer { self = QuestionQueue() }
        return Array(self.spans)
    }

    /// Drops the questions whose batch is done, as one that was cancelled is.
    mutating func dropDone() {
        self.spans.removeAll { $0.batch.isDone }
        self.count = self.spans.reduce(0) { $0 + $1.places.count }
    }
}
