internal import NIOCore
internal import NthPrime
internal import PrimeProtocol

/// Encoded answers, ready to be sent.
struct EncodedAnswers: Sendable {
    var bytes = ByteBuffer()
    /// How many of the answers say that there is no such prime.
    var withoutPrime = 0

    var count: Int { self.bytes.readableBytes / PrimeAnswer.byteCount }
}

/// Turns encoded requests into encoded answers.
struct RequestAnswerer: Sendable {
    let index: PrimeIndex
    let byteOrder: ByteOrder

    /// One value for each of the requests that are looked up together: few enough to fit on the stack.
    private typealias Group<Element> = InlineArray<64, Element>

    /// Answers requests until the first one whose prime is not in memory.
    ///
    /// - Parameters:
    ///   - requests: Complete requests; those that are answered are removed.
    ///   - answers: The answers are appended here.
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

    /// Answers requests while their answers are wanted.
    ///
    /// - Parameters:
    ///   - requests: Complete requests; those that are answered are removed.
    ///   - answers: The answers are appended here.
    ///   - isWanted: Called before each group of requests.
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
        for index in 0..<count {
            ordinals[index] = PrimeRequest.ordinal(at: index, in: requests.readableBytesSpan, byteOrder: self.byteOrder)
        }
        var allPrimes = primes.mutableSpan
        var wantedPrimes = allPrimes._mutatingExtracting(0..<count)
        let answered = lookUp(ordinals.span.extracting(0..<count), &wantedPrimes)
        let first = answers.count
        answers.bytes.writeRepeatingByte(0, count: answered * PrimeAnswer.byteCount)
        answers.withoutPrime += (0..<answered).count { primes[$0] == 0 }
        var bytes = answers.bytes.mutableReadableBytesSpan
        for index in 0..<answered {
            PrimeAnswer.write(primes[index], at: first + index, in: &bytes, byteOrder: self.byteOrder)
        }
        requests.moveReaderIndex(forwardBy: answered * PrimeRequest.byteCount)
    }
}
