internal import DequeModule

/// The questions that wait for a connection.
struct QuestionQueue {
    private var spans: Deque<QuestionSpan> = []
    /// The number of questions.
    private(set) var count = 0

    var isEmpty: Bool { self.count == 0 }

    /// Adds questions at the end.
    mutating func append(_ span: QuestionSpan) {
        self.spans.append(span)
        self.count += span.places.count
    }

    /// Returns questions to the head, because answers are wanted in order and later ones would wait for these.
    mutating func putBack(_ span: QuestionSpan) {
        guard !span.batch.isDone, !span.places.isEmpty else { return }
        self.spans.prepend(span)
        self.count += span.places.count
    }

    /// Takes the next questions.
    ///
    /// - Parameter limit: The maximum number, at least 1.
    /// - Returns: Questions of one batch; `nil` if the queue is empty.
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

    /// Takes all questions.
    mutating func takeAll() -> [QuestionSpan] {
        defer { self = QuestionQueue() }
        return Array(self.spans)
    }

    /// Drops the questions of batches that are done, such as cancelled ones.
    mutating func dropDone() {
        self.spans.removeAll { $0.batch.isDone }
        self.count = self.spans.reduce(0) { $0 + $1.places.count }
    }
}
