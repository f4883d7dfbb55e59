internal import DequeModule
internal import NIOCore
internal import PrimeProtocol

/// The unanswered questions of a connection, in the order in which their answers will come.
struct QuestionsInFlight {
    private var spans: Deque<(span: QuestionSpan, sent: NIODeadline)> = []
    private var partial = ByteBuffer()
    /// The number of questions.
    private(set) var count = 0
    /// Whether any answer has come.
    private(set) var hasAnswered = false
    /// The time of the last answer, or of the first question after all were answered.
    private(set) var waitsSince = NIODeadline.uptimeNanoseconds(0)

    /// The number of bytes received of an answer that is not whole yet.
    var partialByteCount: Int { self.partial.readableBytes }

    /// Whether all of the questions have been given up.
    var areAbandoned: Bool { !self.spans.isEmpty && self.spans.allSatisfy(\.span.batch.isDone) }

    /// Adds questions, and appends their requests to a buffer of requests.
    mutating func ask(_ span: QuestionSpan, at now: NIODeadline, into buffer: inout ByteBuffer, byteOrder: ByteOrder) {
        if self.count == 0 { self.waitsSince = now }
        self.spans.append((span, now))
        self.count += span.places.count
        let first = buffer.readableBytes / PrimeRequest.byteCount
        buffer.writeRepeatingByte(0, count: PrimeRequest.byteCount * span.places.count)
        var bytes = buffer.mutableReadableBytesSpan
        for (index, place) in span.places.enumerated() {
            PrimeRequest.write(span.batch.ordinals[place], at: first + index, in: &bytes, byteOrder: byteOrder)
        }
    }

    /// Gives received answers to the questions whose turn it is.
    ///
    /// - Parameters:
    ///   - bytes: The bytes received; those of an answer that is not whole are kept for the next call.
    ///   - now: The time.
    ///   - byteOrder: The byte order of the connection.
    /// - Throws: ``PrimeClientError`` if the peer sends what cannot be an answer.
    mutating func receive(
        _ bytes: inout ByteBuffer,
        at now: NIODeadline,
        byteOrder: ByteOrder
    ) throws(PrimeClientError) {
        if self.partial.readableBytes > 0 {
            self.partial.writeBuffer(&bytes)
            swap(&self.partial, &bytes)
            self.partial.clear()
        }
        // A peer that sends more than it was asked for speaks another protocol, so its first bytes are no answers either.
        guard bytes.readableBytes <= PrimeAnswer.byteCount * self.count else { throw .tooManyAnswers }
        while bytes.readableBytes >= PrimeAnswer.byteCount {
            let (span, sent) = self.spans[0]
            let count = min(span.places.count, bytes.readableBytes / PrimeAnswer.byteCount)
            let places = span.places.prefix(count)
            let microseconds = UInt32(clamping: (now - sent).nanoseconds / 1000)
            try span.batch.answer(
                places,
                with: bytes.readableBytesSpan,
                byteOrder: byteOrder,
                after: microseconds
            )
            bytes.moveReaderIndex(forwardBy: count * PrimeAnswer.byteCount)
            self.spans[0].span.places = span.places.dropFirst(count)
            if self.spans[0].span.places.isEmpty { self.spans.removeFirst() }
            self.count -= count
            self.hasAnswered = true
            self.waitsSince = now
        }
        if bytes.readableBytes > 0 {
            self.partial.clear()
            self.partial.writeBuffer(&bytes)
        }
    }

    /// Removes all questions; the connection has ended.
    mutating func takeAll() -> [QuestionSpan] {
        defer {
            self.spans.removeAll()
            self.count = 0
        }
        return self.spans.map(\.span)
    }
}
