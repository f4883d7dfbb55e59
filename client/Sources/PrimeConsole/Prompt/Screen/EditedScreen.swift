/// A screen with the client's own line editor; answers appear above the line being typed.
struct EditedScreen: PromptScreen {
    private let terminal: Terminal
    private var decoder = KeyDecoder()
    private var editor: LineEditor
    private var view = LineView()
    private var isPrompting = false

    init(_ terminal: Terminal, history: History) {
        self.terminal = terminal
        self.editor = LineEditor(history: history)
    }

    mutating func take(_ bytes: [UInt8]) throws -> [PromptEntry] {
        try self.press(self.decoder.keys(in: bytes))
    }

    mutating func take(_ silence: KeyDecoder.Silence) throws -> [PromptEntry] {
        try self.press(self.decoder.key(after: silence).map { [$0] } ?? [])
    }

    private mutating func press(_ keys: [Key]) throws -> [PromptEntry] {
        // The mouse may report every movement, which changes nothing here.
        guard !keys.isEmpty else { return [] }
        var entries: [PromptEntry] = []
        var output = ""
        for key in keys {
            let unfinished = self.editor.line.text
            switch self.editor.press(key) {
            case .edited: break
            case .cleared: output += LineView.clearScreen
            case .entered(let line):
                output += self.leftBehind(line)
                entries.append(.line(line))
            case .ended:
                output += self.leftBehind("")
                entries.append(.ended)
            case .interrupted(let clears):
                output += self.leftBehind("\(unfinished)^C")
                entries.append(.interrupted(clears: clears))
            case .suspended:
                output += self.leftBehind("\(unfinished)^Z")
                entries.append(.suspended)
            }
        }
        guard self.isPrompting else { return entries }
        try self.terminal.write(output + self.drawnLine())
        return entries
    }

    mutating func showPrompt() throws {
        self.isPrompting = true
        try self.terminal.write(self.drawnLine())
    }

    mutating func hidePrompt() throws {
        self.isPrompting = false
        try self.terminal.write(LineView.eraseLine)
    }

    mutating func show(_ text: String) throws {
        guard self.isPrompting else { return try self.terminal.write("\(text)\n") }
        try self.terminal.write("\(LineView.eraseLine)\(text)\n\(self.drawnLine())")
    }

    mutating func resize() throws {
        if self.isPrompting { try self.terminal.write(self.drawnLine()) }
    }

    mutating func end() -> [PromptEntry] { [] }

    /// Returns the output that leaves a finished line on the screen, in full.
    private func leftBehind(_ line: String) -> String { "\(LineView.eraseLine)\(LineView.prompt)\(line)\n" }

    private mutating func drawnLine() -> String {
        let prompt = self.editor.search?.prompt ?? LineView.prompt
        return self.view.draw(self.editor.line, after: prompt, columns: self.terminal.columns)
    }
}
