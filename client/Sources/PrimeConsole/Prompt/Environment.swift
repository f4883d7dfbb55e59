internal import Glibc

/// The environment variables of the process.
enum Environment {
    /// The value of a variable; `nil` if it is unset or empty, which the conventions here treat alike.
    static subscript(_ name: String) -> String? {
        // Safe: nothing in this process changes the environment, and the value is copied.
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
