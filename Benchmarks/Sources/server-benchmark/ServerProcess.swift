import Glibc
import SystemPackage

extension ServerProcess {
    /// The memory that it holds, in bytes (`VmRSS`).
    func residentMemory() throws -> Int {
        let status = try self.read("status")
        guard
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { throw BenchmarkError("process \(self.process) has no VmRSS; it has ended") }
        return kibibytes * 1024
    }

    /// The processor time that it has used, in seconds; the kernel counts in hundredths.
    func processorTime() throws -> Double {
        // The program's name, in parentheses, may hold spaces; user and system time are the 12th and 13th word after it.
        let words = try self.read("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard words.count > 12, let user = Double(words[11]), let system = Double(words[12]) else {
            throw BenchmarkError("process \(self.process) has no times; it has ended")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Waits until it has nothing left to do, such as filling its memory: no time used for 0.3 s; for a minute at most.
    func settle() async throws {
        var used = try self.processorTime()
        for _ in 0..<200 {
            try await Task.sleep(for: .milliseconds(300))
            let now = try self.processorTime()
            if now == used { return }
            used = now
        }
    }

    private func read(_ name: String) throws -> String {
        let file = try FileDescriptor.open(FilePath("/proc/\(self.process)/\(name)"), .readOnly)
        return try file.closeAfter {
            var bytes = [UInt8](repeating: 0, count: 8192)
            let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            return String(decoding: bytes[..<count], as: UTF8.self)
        }
    }
}
