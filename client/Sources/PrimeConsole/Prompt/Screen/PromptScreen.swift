/// What the person sees and types.
protocol PromptScreen {
    /// Takes what the terminal has sent, and shows it.
    ///
    /// - Returns: What has become complete by it.
    mutating func take(_ bytes: [UInt8]) throws -> [PromptEntry]

    /// Shows the prompt.
    mutating func showPrompt() throws

    /// Takes the prompt away; only Ctrl-C and Ctrl-Z are of interest from now on.
    mutating func hidePrompt() throws

    /// Shows a line, or some, above the one being typed.
    mutating func show(_ text: String) throws

    /// Draws anew what depends on the screen's width.
    mutating func resize() throws

    /// Nothing more will be typed.
    ///
    /// - Returns: What was begun before.
    mutating func end() -> [PromptEntry]
}

/// What the person has said.
enum PromptEntry: Sendable {
    case line(String)
    /// No more lines will come.
    case ended
    /// Ctrl-C.
    case interrupted
    /// Ctrl-Z.
    case suspended
}
