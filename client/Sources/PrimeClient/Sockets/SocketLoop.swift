internal import Dispatch
internal import Glibc
internal import NIOCore
internal import Synchronization
internal import SystemPackage

/// An event loop for connections that live for one question: little more than `poll` and a list of tasks.
///
/// A channel of SwiftNIO costs sixteen system calls from its socket to its end, and as much again in its pipeline; a
/// connection of a ``SocketPoller`` costs seven. On two cores with the server beside it, that is the difference between
/// two thirds and nine tenths of the connections that the server can take.
final class SocketLoop: EventLoop {
    private struct Timer {
        let deadline: NIODeadline
        let number: Int
        let task: @Sendable () -> Void
    }

    private struct State {
        var tasks: [@Sendable () -> Void] = []
        /// The earliest last.
        var timers: [Timer] = []
        var lastNumber = 0
        /// Whether the thread will look at the tasks before it sleeps.
        var isAwake = true
        var isEnding = false
        /// Nothing that comes now will ever run.
        var hasEnded = false
    }

    /// Guards what other threads hand over.
    private let state = Mutex(State())
    /// Readable when the thread is to wake.
    private let wakeFile: SystemPackage.FileDescriptor
    private let wakingFile: SystemPackage.FileDescriptor
    private let thread = Atomic<UInt>(0)

    /// Makes a loop that does not run yet.
    ///
    /// - Throws: `Errno` if the process may open no more files.
    init() throws {
        (self.wakeFile, self.wakingFile) = try SystemPackage.FileDescriptor.pipe()
        // No program that is started from here is to have them.
        for file in [self.wakeFile, self.wakingFile] { _ = fcntl(file.rawValue, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        // Nothing was written that is still wanted.
        try? self.wakeFile.close()
        try? self.wakingFile.close()
    }

    // MARK: - Running

    /// Runs the tasks and the connections until ``end()``.
    ///
    /// - Parameter body: Gets the list of connections, before anything runs.
    func run(_ body: (SocketPoller) -> Void) {
        self.thread.store(UInt(pthread_self()), ordering: .relaxed)
        let poller = SocketPoller(wakeFile: self.wakeFile.rawValue)
        body(poller)
        while true {
            let (tasks, milliseconds) = self.next()
            for task in tasks { task() }
            guard let milliseconds else { return }
            poller.poll(milliseconds: milliseconds)
        }
    }

    /// Lets ``run(_:)`` return once all tasks so far have run.
    func end() {
        self.state.withLock { $0.isEnding = true }
        self.execute {}
    }

    /// Gives what is to be run, and how long to sleep afterwards; `nil` at the end.
    private func next() -> ([@Sendable () -> Void], CInt?) {
        self.state.withLock { state in
            var tasks = state.tasks
            state.tasks = []
            let now = state.timers.isEmpty ? NIODeadline.distantPast : .now()
            while let timer = state.timers.last, timer.deadline <= now || state.isEnding {
                tasks.append(timer.task)
                state.timers.removeLast()
            }
            guard tasks.isEmpty else { return (tasks, 0) }
            guard !state.isEnding else {
                state.hasEnded = true
                return ([], nil)
            }
            state.isAwake = false
            guard let deadline = state.timers.last?.deadline else { return ([], -1) }
            // Rounded up, lest it wakes too early and finds nothing to do.
            return ([], CInt(clamping: (deadline - now).nanoseconds / 1_000_000 + 1))
        }
    }

    private func wake() {
        // The thread takes the byte before it sleeps again, so there is always room for one.
        _ = try? self.wakingFile.writeAll([0])
    }

    // MARK: - EventLoop

    var inEventLoop: Bool { self.thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func execute(_ task: @escaping @Sendable () -> Void) {
        let sleeps = self.state.withLock { state in
            guard !state.hasEnded else { return false }
            state.tasks.append(task)
            defer { state.isAwake = true }
            return !state.isAwake
        }
        // The loop's own thread looks at the tasks before it sleeps.
        if sleeps, !self.inEventLoop { self.wake() }
    }

    func submit<T>(_ task: @escaping @Sendable () throws -> T) -> EventLoopFuture<T> {
        let promise = self.makePromise(of: T.self)
        self.execute { promise.completeUnchecked(task) }
        return promise.futureResult
    }

    @discardableResult
    func scheduleTask<T>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        let promise = self.makePromise(of: T.self)
        let (number, sleeps) = self.state.withLock { state in
            state.lastNumber += 1
            let timer = Timer(deadline: deadline, number: state.lastNumber) { promise.completeUnchecked(task) }
            // Most are later than all before.
            let place = state.timers.firstIndex { $0.deadline <= deadline } ?? state.timers.endIndex
            state.timers.insert(timer, at: place)
            defer { state.isAwake = true }
            return (state.lastNumber, !state.isAwake)
        }
        // The loop's own thread looks at the tasks before it sleeps.
        if sleeps, !self.inEventLoop { self.wake() }
        return Scheduled(promise: promise) {
            self.state.withLock { state in state.timers.removeAll { $0.number == number } }
        }
    }

    @discardableResult
    func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        self.scheduleTask(deadline: .now() + delay, task)
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        self.end()
        queue.async { callback(nil) }
    }
}

extension EventLoopPromise {
    /// Completes the promise on its event loop, which the result does not leave.
    fileprivate func completeUnchecked(_ task: () throws -> Value) {
        do {
            self.assumeIsolated().succeed(try task())
        } catch {
            self.fail(error)
        }
    }
}
