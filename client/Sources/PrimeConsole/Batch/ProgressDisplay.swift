/// A ``ProgressLine`` on a terminal, as long as nothing else is to be seen there.
struct ProgressDisplay {
    /// A shorter run shows no progress.
    private static let delay = Duration.seconds(1)
    /// Moves the cursor to the first column and erases the row.
    private static let eraseLine = "\r\u{1B}[K"

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
        guard elapsed >= Self.delay else { return }
        let text = self.line.text(done: done, doneBytes: doneBytes, after: elapsed)
        self.isVisible = true
        // Nobody is left to tell when stderr fails.
        try? self.terminal.write(
            // In the last column it might go on in the next row.
            Self.eraseLine + text.prefix(self.terminal.columns - 1)
        )
    }

    /// Makes room for what else is to be written.
    mutating func hide() {
        guard self.isVisible else { return }
        self.isVisible = false
        try? self.terminal.write(Self.eraseLine)
    }
}
