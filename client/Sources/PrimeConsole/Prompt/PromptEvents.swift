internal import AsyncAlgorithms
internal import PrimeClient

/// What happens to the prompt, from the person and from the server, one after another.
///
/// Who has something to say waits until it is taken, so events do not pile up.
struct PromptEvents: AsyncSequence, Sendable {
    enum Element: Sendable {
        case input(Terminal.Input)
        case answered(TypedQuestions.Question, UInt64, after: Duration)
        case failed(TypedQuestions.Question, PrimeClientError)
        /// The person has been leaving for a while.
        case stillLeaving
        /// Something that the person should know.
        case notice(String)
    }

    private let channel = AsyncChannel<Element>()

    func makeAsyncIterator() -> AsyncChannel<Element>.Iterator { self.channel.makeAsyncIterator() }

    /// Nobody listens any more.
    func finish() { self.channel.finish() }

    /// Reads the terminal to its end, or until ``Terminal/endReading()``.
    func read(_ terminal: Terminal) async throws {
        do {
            while let input = try await terminal.next() {
                await self.channel.send(.input(input))
                if case .ended = input { return }
            }
        } catch {
            await self.channel.send(.input(.ended))
            throw error
        }
    }

    /// Tells the person something.
    func send(notice: String) async { await self.channel.send(.notice(notice)) }

    /// Asks a question; what comes of it is an event.
    func ask(_ question: TypedQuestions.Question, _ client: PrimeClient) async {
        if question.pause > .zero { try? await Task.sleep(for: question.pause) }
        let start = ContinuousClock.now
        do throws(PrimeClientError) {
            let prime = try await client.prime(at: question.ordinal)
            await self.channel.send(.answered(question, prime, after: .now - start))
        } catch {
            await self.channel.send(.failed(question, error))
        }
    }

    /// Has an event come in a second.
    func announceStillLeaving() async {
        try? await Task.sleep(for: .seconds(1))
        await self.channel.send(.stillLeaving)
    }
}
