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
        /// Ctrl-C, which clears the line and ends a search.
        case interrupted(clears: Bool)
        /// Ctrl-Z.
        case suspended
        /// Ctrl-L.
        case cleared
    }

    /// The search under way.
    package private(set) var search: HistorySearch?

    private var draft = DraftLine()
    private var history: History
    /// The line of the history that is shown, and the line typed before it.
    private var recalled: (position: Int, typed: EditedLine)?
    /// Whether the last key was Ctrl-X, which begins a key of two.
    private var isAfterControlX = false

    package init(history: History) {
        self.history = history
    }

    /// The line being typed, or the one that a search has found.
    package var line: EditedLine { self.search?.found ?? self.draft.line }

    /// Handles a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: The work that is left.
    package mutating func press(_ key: Key) -> Effect {
        let isAfterControlX = self.isAfterControlX
        self.isAfterControlX = false
        switch key {
        case .control("c"): return self.interrupt()
        case .control("z"): return .suspended
        case .control("l"): return .cleared
        case .tab: return .edited
        default: break
        }
        if let search = self.search {
            guard !self.continueSearch(search, with: key) else { return .edited }
            if let found = search.found { self.draft.replace(with: found) }
            self.search = nil
        }
        switch key {
        case .enter: return self.enter()
        case .control("u") where isAfterControlX: self.draft.undo()
        case _ where isAfterControlX: break
        case .control("x"): self.isAfterControlX = true
        case .control("d") where self.line.characters.isEmpty: return .ended
        case .control("r"): self.search = HistorySearch()
        case .up, .control("p"): self.recall(before: true)
        case .down, .control("n"): self.recall(before: false)
        default: self.draft.edit(key)
        }
        return .edited
    }

    private mutating func enter() -> Effect {
        let text = self.line.text
        self.history.add(text)
        self.beginLine()
        return .entered(text)
    }

    private mutating func interrupt() -> Effect {
        let clears = self.search != nil || !self.line.characters.isEmpty
        self.search = nil
        self.beginLine()
        return .interrupted(clears: clears)
    }

    private mutating func beginLine() {
        self.recalled = nil
        self.draft.replace(with: EditedLine())
    }

    // MARK: - History

    /// Shows the previous or next line of the history; after the last one, the line typed before.
    private mutating func recall(before: Bool) {
        let lines = self.history.lines
        let typed = self.recalled?.typed ?? self.line
        let position = (self.recalled?.position ?? lines.count) + (before ? -1 : 1)
        guard position >= 0, position <= lines.count else { return }
        self.recalled = position == lines.count ? nil : (position, typed)
        self.draft.replace(with: position == lines.count ? typed : EditedLine(lines[position]))
    }

    /// Handles a key during a search.
    ///
    /// - Returns: `false` if the key ends the search and acts on the line found.
    private mutating func continueSearch(_ search: HistorySearch, with key: Key) -> Bool {
        var search = search
        switch key {
        case .control("g"):
            self.search = nil
            return true
        case .control("r"): search.findOlder(in: self.history)
        case .backspace: search.shorten(in: self.history)
        case .scalar(let scalar): search.extend(by: scalar, in: self.history)
        default: return false
        }
        self.search = search
        return true
    }
}
