package import SystemPackage

/// What the process may use of the machine: the limits of its control group (cgroup, version 1 or 2), as in a container.
package struct ResourceLimits: Sendable {
    /// The number of bytes of memory; at most what the machine has.
    package let memory: Int
    /// The number of processors' worth of time, rounded up; `nil` if there is no such limit.
    package let processors: Int?

    /// Reads the limits from the files of the kernel.
    ///
    /// - Parameter root: The folder that has `proc` and `sys`; another one than `/` only in tests.
    package init(root: FilePath = "/") {
        let groups = ControlGroup.all(root: root)
        let limits = groups.compactMap(\.memoryLimit) + [Self.machineMemory(root: root)].compactMap(\.self)
        self.memory = limits.min() ?? .max
        self.processors = groups.compactMap(\.processorLimit).min()
    }

    private static func machineMemory(root: FilePath) -> Int? {
        // "MemTotal:       24163372 kB"
        let line = KernelFile.lines(root.appending("proc/meminfo")).first { $0.hasPrefix("MemTotal:") }
        let words = line?.split(separator: " ") ?? []
        return words.dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
}

/// One folder of the hierarchy of control groups: a group of the process, or one around it, whose limits hold, too.
///
/// Version 2 has one hierarchy, version 1 one for each kind of limit: see cgroups(7).
private struct ControlGroup {
    let folder: FilePath

    /// Returns the groups of the process, and all groups around them.
    ///
    /// A container may see only a part of the hierarchy: folders that it does not see are missing, and that is no error.
    static func all(root: FilePath) -> [ControlGroup] {
        let mount = root.appending("sys/fs/cgroup")
        return KernelFile.lines(root.appending("proc/self/cgroup")).flatMap { line -> [ControlGroup] in
            // "0::/path" in version 2, "4:memory:/path" in version 1; the path may have colons.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let kinds = fields[1].split(separator: ",").filter { $0 == "memory" || $0 == "cpu" }
            let hierarchies = fields[1].isEmpty ? [mount] : kinds.map { mount.appending(String($0)) }
            let path = FilePath(String(fields[2])).components.map(\.string)
            return hierarchies.flatMap { hierarchy in
                (0...path.count).map { Self(folder: path.prefix($0).reduce(hierarchy) { $0.appending($1) }) }
            }
        }
    }

    var memoryLimit: Int? {
        // Without a limit the files hold "max", or a number beyond all memory.
        (self.value("memory.max") ?? self.value("memory.limit_in_bytes")).flatMap { Int($0) }
    }

    var processorLimit: Int? {
        // "150000 100000" or "max 100000": the time in a period, and the period, both in microseconds.
        let words = self.value("cpu.max")?.split(separator: " ").map(String.init)
        let quota = words?.first ?? self.value("cpu.cfs_quota_us")
        let period = words?.last ?? self.value("cpu.cfs_period_us")
        guard let quota = quota.flatMap({ Int($0) }), let period = period.flatMap({ Int($0) }), quota > 0, period > 0
        else { return nil }
        return (quota + period - 1) / period
    }

    private func value(_ file: String) -> String? {
        KernelFile.lines(self.folder.appending(file)).first
    }
}
