/// The memory of this machine, as Linux reports it.
public enum SystemMemory {
    /// How much memory a new program can take without swapping, in bytes; `nil` if `/proc` is not mounted.
    public static var available: Int? { ProcFile(path: "/proc/meminfo")?.bytes(named: "MemAvailable") }

    /// How much memory is installed, in bytes; `nil` if `/proc` is not mounted.
    public static var installed: Int? { ProcFile(path: "/proc/meminfo")?.bytes(named: "MemTotal") }
}
