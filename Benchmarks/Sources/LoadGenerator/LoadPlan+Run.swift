internal import Dispatch
internal import Synchronization

extension LoadPlan {
    /// Sends requests as planned until the limit is reached.
    ///
    /// - Parameter questions: The questions, asked again from the first after the last.
    /// - Returns: The combined report of all threads.
    /// - Throws: ``LoadError`` if the system has no more connections.
    public func run(asking questions: Questions) async throws(LoadError) -> LoadReport {
        let outcome = Mutex<Result<LoadReport, LoadError>>(.success(LoadReport()))
        let group = DispatchGroup()
        for number in 0..<self.threads {
            // Workers block, which Swift's shared executor must not. One queue each gives each worker a thread.
            DispatchQueue(label: "load \(number)").async(group: group) {
                let result: Result<LoadReport, LoadError>
                do throws(LoadError) {
                    result = .success(try LoadWorker(number: number, of: self, asking: questions).run())
                } catch {
                    result = .failure(error)
                }
                outcome.withLock { outcome in
                    guard case .success(var sum) = outcome, case .success(let report) = result else {
                        if case .failure = result { outcome = result }
                        return
                    }
                    sum.add(report)
                    outcome = .success(sum)
                }
            }
        }
        await withCheckedContinuation { continuation in
            group.notify(queue: .global()) { continuation.resume() }
        }
        return try outcome.withLock { $0 }.get()
    }
}
