/// A line editor, a plain value: key in, effect out.
///
/// The keys are those of GNU Readline's Emacs mode, as in most shells.
package struct LineEditor: Sendable {
    /// The work that a key leaves to the caller.
    package enum Effect: Equatable, Sendable {
        /// Redraw the line.
        case edited
        /// Enter: the line is complete.
        case entered(String)
        /// Ctrl-D on an empty line: the input ends.
        case ended
        /// Ctrl-C.
        case interrupted
        /// Ctrl-Z.
        case suspended
        /// Ctrl-L.
        case cleared
    }

    /// The line being typed, or the one that a search has found.
    package private(set) var line = EditedLine()
    /// The search under way.
    package private(set) var search: HistorySearch?

    private var history: History
    /// The line of the history that is shown, and the line typed before it.
    private var recalled: (position: Int, typed: EditedLine)?
    /// The text that was cut last, for Ctrl-Y.
    private var cutText: [Character] = []

    package init(history: History) {
        self.history = history
    }

    /// Handles a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: The work that is left.
    package mutating func press(_ key: Key) -> Effect {
        switch key {
        case .control("c"): return .interrupted
        case .control("z"): return .suspended
        case .control("l"): return .cleared
        default: break
        }
        if let search = self.search {
            guard !self.continueSearch(search, with: key) else { return .edited }
            self.search = nil
        }
        switch key {
        case .enter: return self.enter()
        case .control("d") where self.line.characters.isEmpty: return .ended
        case .control("r"): self.search = HistorySearch(typed: self.line)
        case .up, .control("p"): self.recall(before: true)
        case .down, .control("n"): self.recall(before: false)
        default: self.edit(key)
        }
        return .edited
    }

    private mutating func edit(_ key: Key) {
        switch key {
        case .scalar(let scalar): self.line.insert(scalar)
        case .tab: self.line.insert(" ")
        case .left, .control("b"): self.line.move(by: -1)
        case .right, .control("f"): self.line.move(by: 1)
        case .home, .control("a"): self.line.moveToStart()
        case .end, .control("e"): self.line.moveToEnd()
        case .wordLeft, .alt("b"): self.line.move(to: self.line.wordStart())
        case .wordRight, .alt("f"): self.line.move(to: self.line.wordEnd)
        case .backspace: self.line.cut(to: self.line.cursor - 1)
        case .delete, .control("d"): self.line.cut(to: self.line.cursor + 1)
        case .control("k"): self.cutText = self.line.cut(to: self.line.characters.count)
        case .control("u"): self.cutText = self.line.cut(to: 0)
        case .control("w"): self.cutText = self.line.cut(to: self.line.wordStart { !$0.isWhitespace })
        case .alt("\u{7F}"): self.cutText = self.line.cut(to: self.line.wordStart())
        case .alt("d"): self.cutText = self.line.cut(to: self.line.wordEnd)
        case .control("y"): self.line.insert(self.cutText)
        // Most likely Esc alone, then a key, both typed before the client has read them.
        case .alt(let scalar): self.line.insert(scalar)
        default: break
        }
    }

    private mutating func enter() -> Effect {
        let text = self.line.text
        self.history.add(text)
        self.recalled = nil
        self.line = EditedLine()
        return .entered(text)
    }

    // MARK: - History

    /// Shows the previous or next line of the history; after the last one, the line typed before.
    private mutating func recall(before: Bool) {
        let lines = self.history.lines
        let typed = self.recalled?.typed ?? self.line
        let position = (self.recalled?.position ?? lines.count) + (before ? -1 : 1)
        guard position >= 0, position <= lines.count else { return }
        self.recalled = position == lines.count ? nil : (position, typed)
        self.line = position == lines.count ? typed : EditedLine(lines[position])
    }

    /// Handles a key during a search.
    ///
    /// - Returns: `false` if the key ends the search and acts on the line found.
    private mutating func continueSearch(_ search: HistorySearch, with key: Key) -> Bool {
        var search = search
        switch key {
        case .control("g"):
            self.line = search.typed
            self.search = nil
            return true
        case .control("r"): search.findOlder(in: self.history)
        case .backspace: search.shorten(in: self.history)
        case .scalar(let scalar): search.extend(by: scalar, in: self.history)
        default: return false
        }
        if let found = search.found { self.line = found }
        self.search = search
        return true
    }
}
