internal import AsyncAlgorithms
internal import PrimeClient

/// The events of a prompt, from the terminal and from the server, as one sequence.
///
/// A sender waits until the session has taken its event, so events do not pile up.
struct PromptEvents: AsyncSequence, Sendable {
    enum Element: Sendable {
        case input(Terminal.Input, at: ContinuousClock.Instant)
        case answered(TypedQuestions.Question, UInt64)
        case failed(TypedQuestions.Question, PrimeClientError)
        /// A second has passed since the user quit.
        case stillLeaving
        /// A message to show.
        case notice(String)
    }

    private let channel = AsyncChannel<Element>()

    func makeAsyncIterator() -> AsyncChannel<Element>.Iterator { self.channel.makeAsyncIterator() }

    /// Ends the sequence, and releases the senders that wait.
    func finish() { self.channel.finish() }

    /// Reads the terminal to its end, or until ``Terminal/endReading()``.
    func read(_ terminal: Terminal) async throws {
        // The silences that may still follow the last bytes.
        var silences = KeyDecoder.Silence.allCases[...]
        do {
            while let input = try await terminal.next(orAfter: silences.first) {
                switch input {
                case .bytes: silences = KeyDecoder.Silence.allCases[...]
                case .silence: silences.removeFirst()
                case .resumed, .resized, .ended: break
                }
                await self.channel.send(.input(input, at: .now))
                if case .ended = input { return }
            }
        } catch {
            await self.channel.send(.input(.ended, at: .now))
            throw error
        }
    }

    /// Sends a message to show.
    func send(notice: String) async { await self.channel.send(.notice(notice)) }

    /// Asks a question after its pause, and sends the answer or the failure as an event.
    func ask(_ question: TypedQuestions.Question, _ client: PrimeClient) async {
        if question.pause > .zero { try? await Task.sleep(for: question.pause) }
        do throws(PrimeClientError) {
            let prime = try await client.prime(at: question.ordinal)
            await self.channel.send(.answered(question, prime))
        } catch {
            await self.channel.send(.failed(question, error))
        }
    }

    /// Sends ``Element/stillLeaving`` after a second.
    func announceStillLeaving() async {
        try? await Task.sleep(for: .seconds(1))
        await self.channel.send(.stillLeaving)
    }
}
