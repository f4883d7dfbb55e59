import Glibc

/// The memory and CPU time of a process, as Linux reports them.
public struct ProcessUsage: Sendable {
    private let folder: String

    /// Names the process; nothing is read yet.
    ///
    /// - Parameter process: The process ID; `nil` for the calling process.
    public init(of process: Int32? = nil) {
        self.folder = "/proc/\(process.map(String.init) ?? "self")"
    }

    /// The resident memory (`VmRSS`), in bytes; `nil` if the process has ended.
    public var residentBytes: Int? { ProcFile(path: "\(self.folder)/status")?.bytes(named: "VmRSS") }

    /// The CPU time used so far, user and system, in seconds; `nil` if the process has ended.
    ///
    /// The kernel counts in steps of 0.01 s.
    public var processorTime: Double? {
        // The second word is the program's name in parentheses. The name may contain spaces, so counting starts after it:
        // the 12th and 13th word from there are the user and the system time.
        let words = ProcFile(path: "\(self.folder)/stat")?.text.split(separator: ")").last?.split(separator: " ") ?? []
        guard words.count > 12, let user = Double(words[11]), let system = Double(words[12]) else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
