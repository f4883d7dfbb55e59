internal import DequeModule
internal import Synchronization

/// Lets only so many callers through at a time; the others wait in the order they came.
final class ConnectionLimit: Sendable {
    private struct State {
        var free: Int
        var waiting: Deque<CheckedContinuation<Void, Never>> = []
    }

    private let state: Mutex<State>

    init(_ limit: Int) {
        self.state = Mutex(State(free: limit))
    }

    /// Runs `body` as soon as there is a place.
    func withPlace<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        await withCheckedContinuation { continuation in
            let mayGo = self.state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if mayGo { continuation.resume() }
        }
        defer {
            // The place goes straight to the next in line, if there is one.
            let next = self.state.withLock { state in
                let next = state.waiting.popFirst()
                if next == nil { state.free += 1 }
                return next
            }
            next?.resume()
        }
        return try await body()
    }
}
