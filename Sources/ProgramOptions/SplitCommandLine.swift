/// A command line with the options apart from the positional arguments.
///
/// The parser takes a negative number for an option, and its time grows with the square of the number of arguments. So each
/// option is kept once, with its last value.
package struct SplitCommandLine: Equatable, Sendable {
    /// The options, each with its value in the same argument: `--timeout=2`.
    package private(set) var options: [String] = []
    /// The other arguments; all of them, after `--`.
    package private(set) var positional: [String] = []

    /// Splits a command line.
    ///
    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - valueOptions: The names of the options that take a value: `--timeout`.
    package init(_ arguments: [String], valueOptions: Set<String>) {
        var rest = arguments[...]
        var places: [Substring: Int] = [:]
        func append(option: String) {
            // An option without its value is another one, which the parser refuses.
            let name = option.firstIndex(of: "=").map { option[...$0] } ?? option[...]
            if let place = places[name] {
                self.options[place] = option
            } else {
                places[name] = self.options.count
                self.options.append(option)
            }
        }
        while let argument = rest.popFirst() {
            if argument == "--" {
                self.positional += rest
                return
            }
            if !Self.isOption(argument) {
                self.positional.append(argument)
            } else if valueOptions.contains(argument), let value = rest.first, !Self.isOption(value) {
                append(option: "\(argument)=\(value)")
                rest.removeFirst()
            } else {
                append(option: argument)
            }
        }
    }

    /// Whether an argument is an option or `--`; a minus and a digit, or a point and a digit, is a number.
    private static func isOption(_ argument: String) -> Bool {
        var tail = argument.utf8.dropFirst()
        guard argument.utf8.first == UInt8(ascii: "-"), !tail.isEmpty else { return false }
        if tail.first == UInt8(ascii: ".") { tail.removeFirst() }
        guard let next = tail.first else { return true }
        return !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
    }
}
