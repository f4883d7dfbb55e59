/// The line being typed, with undo and the text that was cut: it handles the keys that move and edit.
///
/// As in GNU Readline, a run of typed characters is one step of undo, and cuts in a row become one text.
struct DraftLine: Sendable {
    /// A kind of edit that the next key may continue.
    private enum Run {
        case typing, cutting
    }

    /// The most steps of undo: more than one line needs, and few enough for the memory of long lines.
    private static let undoLimit = 100

    private(set) var line = EditedLine()
    /// The line before each of the last changes.
    private var past: [EditedLine] = []
    /// The text that was cut last, for Ctrl-Y.
    private var cutText: [Character] = []
    /// The edit that the last key made.
    private var run: Run?

    /// Begins another line; the text that was cut stays.
    mutating func replace(with line: EditedLine) {
        self.line = line
        self.past = []
        self.run = nil
    }

    /// Undoes the last change.
    mutating func undo() {
        self.run = nil
        if let line = self.past.popLast() { self.line = line }
    }

    /// Handles a key; one without a function here does nothing.
    mutating func edit(_ key: Key) {
        let run = self.run
        self.run = nil
        switch key {
        case .scalar(let scalar): self.type(scalar, after: run)
        // Most likely Esc alone, then a digit, both typed before the client has read them.
        case .alt(let digit) where ("0"..."9").contains(digit): self.type(digit, after: run)
        case .alt(let letter) where ("A"..."Z").contains(letter):
            self.edit(.alt(Unicode.Scalar(UInt8(letter.value + 0x20))), after: run)
        default: self.edit(key, after: run)
        }
    }

    private mutating func edit(_ key: Key, after run: Run?) {
        switch key {
        case .left, .control("b"): self.line.move(by: -1)
        case .right, .control("f"): self.line.move(by: 1)
        case .home, .control("a"): self.line.moveToStart()
        case .end, .control("e"): self.line.moveToEnd()
        case .wordLeft, .alt("b"): self.line.move(to: self.line.wordStart())
        case .wordRight, .alt("f"): self.line.move(to: self.line.wordEnd)
        case .backspace: self.change { $0.cut(to: $0.cursor - 1) }
        case .delete, .control("d"): self.change { $0.cut(to: $0.cursor + 1) }
        case .control("k"): self.cut(to: self.line.characters.count, after: run)
        case .control("u"): self.cut(to: 0, after: run)
        case .control("w"): self.cut(to: self.line.wordStart { !$0.isWhitespace }, after: run)
        case .alt("\u{7F}"): self.cut(to: self.line.wordStart(), after: run)
        case .alt("d"): self.cut(to: self.line.wordEnd, after: run)
        case .control("y"): self.change { [cutText = self.cutText] in $0.insert(cutText) }
        case .control("_"): self.undo()
        default: break
        }
    }

    private mutating func type(_ scalar: Unicode.Scalar, after run: Run?) {
        if run == .typing {
            self.line.insert(scalar)
        } else {
            guard self.change({ $0.insert(scalar) }) else { return }
        }
        self.run = .typing
    }

    private mutating func cut(to position: Int, after run: Run?) {
        let isForward = position > self.line.cursor
        var text: [Character] = []
        self.run = .cutting
        guard self.change({ text = $0.cut(to: position) }) else { return }
        self.cutText = run != .cutting ? text : isForward ? self.cutText + text : text + self.cutText
    }

    /// Makes a change that can be undone.
    ///
    /// - Returns: Whether it has changed anything.
    @discardableResult
    private mutating func change(_ body: (inout EditedLine) -> Void) -> Bool {
        let before = self.line
        body(&self.line)
        guard self.line != before else { return false }
        if self.past.count == Self.undoLimit { self.past.removeFirst() }
        self.past.append(before)
        return true
    }
}
