/// The screen of a prompt: it shows output and turns input into entries.
protocol PromptScreen {
    /// Handles bytes of the terminal, and shows them.
    ///
    /// - Returns: The entries that these bytes complete.
    mutating func take(_ bytes: [UInt8]) throws -> [PromptEntry]

    /// Handles a time without input.
    ///
    /// - Returns: The entries that this completes.
    mutating func take(_ silence: KeyDecoder.Silence) throws -> [PromptEntry]

    /// Shows the prompt.
    mutating func showPrompt() throws

    /// Removes the prompt; typed text is no longer shown.
    mutating func hidePrompt() throws

    /// Shows one or more lines above the one being typed.
    mutating func show(_ text: String) throws

    /// Redraws the line after a change of the screen's width.
    mutating func resize() throws

    /// Ends the input.
    ///
    /// - Returns: The last line, if it has no newline.
    mutating func end() -> [PromptEntry]
}

/// An entry of the user.
enum PromptEntry: Sendable {
    case line(String)
    /// The end of the input.
    case ended
    /// Ctrl-C, which has cleared the line if it had text.
    case interrupted(clears: Bool)
    /// Ctrl-Z.
    case suspended
}
