internal import Dispatch
internal import Synchronization

extension LoadPlan {
    /// Asks, as planned, until the limit is reached.
    ///
    /// - Parameter questions: What is asked, over and over.
    /// - Returns: What all threads saw together.
    /// - Throws: ``LoadError`` if the machine gives no more connections.
    public func run(asking questions: Questions) async throws(LoadError) -> LoadReport {
        let outcome = Mutex<Result<LoadReport, LoadError>>(.success(LoadReport()))
        let group = DispatchGroup()
        for number in 0..<self.threads {
            // A queue each, so that each has a thread of its own: they block, which Swift's shared executor does not bear.
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
