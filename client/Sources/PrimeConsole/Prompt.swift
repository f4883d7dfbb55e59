public import PrimeClient

/// Asks a person for numbers, for ever, and shows each answer when it comes.
///
/// The next number is taken at once, however many answers are still on their way.
public struct Prompt: Sendable {
    private static let prompt = "M> "
    private static let help = """
        Type M to see the M-th prime: 1000000, 1_000_000, 1e6, 10k or 5M, or a range such as 100..110 or 100..200/10.
        quit or Ctrl-D ends the client.

        """

    private let client: PrimeClient
    private let terminal: TextOutput
    /// How many questions of one range are under way at once.
    private let concurrency: Int

    /// Prepares a prompt.
    ///
    /// - Parameters:
    ///   - client: Whom to ask.
    ///   - concurrency: How many questions of one range may be under way at once; at least 1.
    ///   - terminal: Where the person reads.
    public init(client: PrimeClient, concurrency: Int, terminal: TextOutput) {
        self.client = client
        self.concurrency = concurrency
        self.terminal = terminal
    }

    /// Runs until `quit` or the end of the lines; what was asked by then is still answered.
    ///
    /// - Parameter lines: What the person types.
    /// - Returns: Whether all that was typed was understood and answered.
    /// - Throws: What reading the lines or writing to the terminal throws.
    public func run<Lines: AsyncSequence>(_ lines: Lines) async throws -> Bool {
        let parser = OrdinalParser()
        try self.terminal.write(Self.prompt)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            var allWell = true
            reading: for try await line in lines {
                switch "\(line)".trimmingPrefix(while: \.isWhitespace) {
                case "quit", "exit":
                    break reading
                case "help", "?":
                    try self.terminal.write(Self.help)
                default:
                    do throws(OrdinalSyntaxError) {
                        if let ordinals = try parser.parse(line: "\(line)") {
                            group.addTask { try await self.show(ordinals) }
                        }
                    } catch {
                        allWell = false
                        try self.terminal.write("\(error)\n")
                    }
                }
                try self.terminal.write(Self.prompt)
            }
            for try await answered in group where !answered { allWell = false }
            return allWell
        }
    }

    private func show(_ ordinals: Ordinals) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var allWell = true
            for (position, ordinal) in ordinals.enumerated() {
                if position >= self.concurrency, try await group.next() == false { allWell = false }
                group.addTask { try await self.show(ordinal) }
            }
            for try await answered in group where !answered { allWell = false }
            return allWell
        }
    }

    private func show(_ ordinal: UInt32) async throws -> Bool {
        do {
            try self.display("prime(\(ordinal)) = \(try await self.client.prime(at: ordinal))")
            return true
        } catch let error as PrimeClientError {
            try self.display("prime(\(ordinal)): \(error)")
            return false
        }
    }

    /// Writes a line in place of the prompt, and the prompt below it.
    private func display(_ line: String) throws {
        let eraseLine = "\r\u{1B}[K"
        try self.terminal.write("\(eraseLine)\(line)\n\(Self.prompt)")
    }
}
