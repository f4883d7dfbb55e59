import SystemPackage
import TerminalGuard

/// A program that sets the terminal as the client's prompt does, and traps at the first key.
@main
struct TrappingPrompt {
    static func main() throws {
        let (wakes, waker) = try FileDescriptor.pipe()
        precondition(terminal_guard_begin(0, 1, waker.rawValue) == 0, "stdin is not a terminal")
        try FileDescriptor.standardOutput.writeAll("M> ".utf8)
        var key: [UInt8] = [0]
        // Safe: the array outlives the call.
        _ = unsafe try key.withUnsafeMutableBytes { try unsafe FileDescriptor.standardInput.read(into: $0) }
        // An index out of range that the compiler cannot see: a Swift runtime trap.
        key[Int(key[0])] = 0
        terminal_guard_end()
        try wakes.close()
    }
}
