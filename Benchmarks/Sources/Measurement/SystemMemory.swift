/// The memory of this machine and of this process, as Linux tells it.
public enum SystemMemory {
    /// How much the machine can give to a new program without swapping, in bytes; `nil` where Linux does not tell.
    public static var available: Int? { Self.bytes(named: "MemAvailable", in: "/proc/meminfo") }

    /// How much the machine has, in bytes; `nil` where Linux does not tell.
    public static var installed: Int? { Self.bytes(named: "MemTotal", in: "/proc/meminfo") }

    /// How much of this process lies in memory, in bytes; `nil` where Linux does not tell.
    public static var resident: Int? { Self.bytes(named: "VmRSS", in: "/proc/self/status") }

    private static func bytes(named name: String, in path: String) -> Int? {
        // The lines are like "MemTotal:       24736300 kB".
        ProcFile(path: path)?[name]?.split(separator: " ").first.flatMap { Int($0) }.map { $0 * 1_024 }
    }
}
