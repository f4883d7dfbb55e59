import SystemPackage
import TerminalGuard

/// Takes the terminal as the client's prompt does, and traps at the first key.
@main
struct TrappingPrompt {
    static func main() throws {
        let (wakes, waker) = try FileDescriptor.pipe()
        precondition(terminal_guard_begin(0, waker.rawValue) == 0, "there is no terminal")
        try FileDescriptor.standardOutput.writeAll("M> ".utf8)
        var key: [UInt8] = [0]
        // Safe: the buffer is the array's own, and outlives the call.
        _ = unsafe try key.withUnsafeMutableBytes { try unsafe FileDescriptor.standardInput.read(into: $0) }
        // An index beyond the end, which the compiler cannot foresee: Swift's own way to crash.
        key[Int(key[0])] = 0
        terminal_guard_end()
        try wakes.close()
    }
}
