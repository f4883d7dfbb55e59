internal import NIOCore
internal import NthPrime
internal import PrimeProtocol

/// Answers in the form of the wire, ready to be sent.
struct EncodedAnswers: Sendable {
    var bytes = ByteBuffer()
    /// How many of them say that there is no such prime.
    var withoutPrime = 0

    var count: Int { self.bytes.readableBytes / PrimeAnswer.byteCount }
}

/// Turns requests into answers, both in the form of the wire.
struct RequestAnswerer: Sendable {
    let index: PrimeIndex
    let byteOrder: ByteOrder

    /// One value for each of the requests that are looked up together: so many that they fit on the stack.
    private typealias Group<Element> = InlineArray<64, Element>

    /// Answers requests from the first on, as long as that takes no sieving.
    ///
    /// - Parameters:
    ///   - requests: Whole requests; those that are answered are taken off.
    ///   - answers: The answers are written at its end.
    func answerResident(_ requests: inout ByteBuffer, into answers: inout EncodedAnswers) {
        var isLast = false
        while requests.readableBytes >= PrimeRequest.byteCount, !isLast {
            self.answerGroup(&requests, into: &answers) { ordinals, primes in
                let count = self.index.residentPrimes(at: ordinals, into: &primes)
                isLast = count < ordinals.count
                return count
            }
        }
    }

    /// Answers requests for as long as somebody waits for it.
    ///
    /// - Parameters:
    ///   - requests: Whole requests; those that are answered are taken off.
    ///   - answers: The answers are written at its end.
    ///   - isWanted: Asked before each group of requests.
    func answer(_ requests: inout ByteBuffer, into answers: inout EncodedAnswers, while isWanted: () -> Bool) {
        while requests.readableBytes > 0, isWanted() {
            self.answerGroup(&requests, into: &answers) { ordinals, primes in
                self.index.primes(at: ordinals, into: &primes)
                return ordinals.count
            }
        }
    }

    private func answerGroup(
        _ requests: inout ByteBuffer,
        into answers: inout EncodedAnswers,
        _ lookUp: (Span<UInt32>, inout MutableSpan<UInt64>) -> Int
    ) {
        var ordinals = Group<UInt32>(repeating: 0)
        var primes = Group<UInt64>(repeating: 0)
        let count = min(requests.readableBytes / PrimeRequest.byteCount, ordinals.count)
        for place in 0..<count {
            ordinals[place] = PrimeRequest.ordinal(at: place, in: requests.readableBytesSpan, byteOrder: self.byteOrder)
        }
        var all = primes.mutableSpan
        var places = all._mutatingExtracting(0..<count)
        let answered = lookUp(ordinals.span.extracting(0..<count), &places)
        let first = answers.count
        answers.bytes.writeRepeatingByte(0, count: answered * PrimeAnswer.byteCount)
        answers.withoutPrime += (0..<answered).count { primes[$0] == 0 }
        var bytes = answers.bytes.mutableReadableBytesSpan
        for place in 0..<answered {
            PrimeAnswer.write(primes[place], at: first + place, in: &bytes, byteOrder: self.byteOrder)
        }
        requests.moveReaderIndex(forwardBy: answered * PrimeRequest.byteCount)
    }
}
