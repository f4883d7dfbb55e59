/// A screen without escape codes: the system edits the line, and answers appear below it.
struct PlainScreen: PromptScreen {
    private let terminal: Terminal
    /// The start of a line that is not complete.
    private var begun: [UInt8] = []
    private var isPrompting = false

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    mutating func take(_ bytes: [UInt8]) throws -> [PromptEntry] {
        var lines = (self.begun + bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        self.begun = Array(lines.removeLast())
        if self.isPrompting, !lines.isEmpty { try self.terminal.write(LineView.prompt) }
        return lines.map { .line(String(decoding: $0, as: UTF8.self)) }
    }

    mutating func take(_ silence: KeyDecoder.Silence) -> [PromptEntry] { [] }

    mutating func showPrompt() throws {
        self.isPrompting = true
        try self.terminal.write(LineView.prompt)
    }

    mutating func hidePrompt() throws {
        self.isPrompting = false
        try self.terminal.write("\n")
    }

    mutating func show(_ text: String) throws {
        guard self.isPrompting else { return try self.terminal.write("\(text)\n") }
        // The client does not know the line being typed, so that stays above the answer and continues below it.
        try self.terminal.write("\n\(text)\n\(LineView.prompt)")
    }

    mutating func resize() {}

    mutating func end() -> [PromptEntry] {
        self.begun.isEmpty ? [] : [.line(String(decoding: self.begun, as: UTF8.self))]
    }
}
