internal import DequeModule
internal import NIOCore
internal import PrimeProtocol

/// The questions that a connection has been asked, in the order in which their answers will come.
struct QuestionsInFlight {
    private var spans: Deque<(span: QuestionSpan, sent: NIODeadline)> = []
    private var partial = ByteBuffer()
    /// How many questions there are.
    private(set) var count = 0
    /// Whether any answer came.
    private(set) var hasAnswered = false
    /// When the peer was last heard, or asked after it had answered all.
    private(set) var waitsSince = NIODeadline.uptimeNanoseconds(0)

    /// How many bytes of the next answer have come.
    var partialByteCount: Int { self.partial.readableBytes }

    /// Whether nobody waits for any of the answers any more.
    var areAbandoned: Bool { !self.spans.isEmpty && self.spans.allSatisfy(\.span.batch.isDone) }

    /// Adds questions that are sent now, and writes the requests.
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

    /// Hands answers to the questions whose turn it is.
    ///
    /// - Parameters:
    ///   - bytes: What came; part of an answer is kept for the next time.
    ///   - now: When it came.
    ///   - byteOrder: The order of the bytes in it.
    /// - Throws: ``PrimeClientError`` if the peer says what cannot be an answer.
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
        // Whoever says more than was asked for does not mean answers, not even by its first bytes.
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

    /// Takes the questions that have no answer, as the connection has ended.
    mutating func takeAll() -> [QuestionSpan] {
        defer {
            self.spans.removeAll()
            self.count = 0
        }
        return self.spans.map(\.span)
    }
}
