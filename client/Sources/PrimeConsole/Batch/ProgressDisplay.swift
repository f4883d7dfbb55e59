internal import ProgramOptions

/// A ``ProgressLine`` on a terminal, which ``hide()`` removes before other output.
struct ProgressDisplay {
    /// A shorter run shows no progress.
    private static let delay = Duration.seconds(1)
    /// Moves the cursor to the first column and erases the row.
    static let eraseLine = "\r\u{1B}[K"

    private let line: ProgressLine
    private let terminal: TextOutput
    private let start = ContinuousClock.now
    private var isVisible = false

    init(_ line: ProgressLine, on terminal: TextOutput) {
        self.line = line
        self.terminal = terminal
    }

    /// Shows the progress, unless the run has just started.
    mutating func show(done: Int, doneBytes: Int) {
        let elapsed = ContinuousClock.now - self.start
        guard elapsed >= Self.delay else { return }
        let text = self.line.text(done: done, doneBytes: doneBytes, after: elapsed)
        self.isVisible = true
        // The last column stays free, or the terminal may continue in the next row. An error of stderr cannot be reported.
        try? self.terminal.write(Self.eraseLine + text.prefix(self.terminal.columns - 1))
    }

    /// Removes the line, if it is shown.
    mutating func hide() {
        guard self.isVisible else { return }
        self.isVisible = false
        try? self.terminal.write(Self.eraseLine)
    }
}
