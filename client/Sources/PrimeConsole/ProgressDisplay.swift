/// A ``ProgressLine`` on a terminal, as long as nothing else is to be seen there.
struct ProgressDisplay {
    private let line: ProgressLine
    private let terminal: TextOutput
    private let start = ContinuousClock.now
    private var isVisible = false

    init(_ line: ProgressLine, on terminal: TextOutput) {
        self.line = line
        self.terminal = terminal
    }

    /// Shows how far the run is, if it takes long enough to be of interest.
    mutating func show(done: Int, doneBytes: Int) {
        let elapsed = ContinuousClock.now - self.start
        guard elapsed >= ProgressLine.delay else { return }
        self.isVisible = true
        // Nobody is left to tell when stderr fails.
        try? self.terminal.write(
            ProgressLine.erase + self.line.text(done: done, doneBytes: doneBytes, after: elapsed)
        )
    }

    /// Makes room for what else is to be written.
    mutating func hide() {
        guard self.isVisible else { return }
        self.isVisible = false
        try? self.terminal.write(ProgressLine.erase)
    }
}
