internal import Glibc

/// The variables that the process was started with.
enum Environment {
    /// The value of a variable, or `nil` if it is not set or empty, which conventions take for the same.
    static subscript(_ name: String) -> String? {
        // Safe: nothing in this process changes the environment, and the value is copied.
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
