internal import Glibc
internal import Subprocess
internal import SystemPackage

extension RunningServer {
    /// How many files it has open, connections among them.
    ///
    /// - Throws: `Errno` if it has ended.
    package func openFileCount() throws -> Int {
        guard let folder = unsafe opendir("/proc/\(self.process)/fd") else { throw Errno(rawValue: errno) }
        defer { unsafe closedir(folder) }
        // Beside the files there are `.` and `..`.
        var count = -2
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }

    /// The memory that it holds, in bytes (`VmRSS`).
    ///
    /// - Throws: `Errno` if it has ended.
    package func residentBytes() throws -> Int {
        let line = try self.read("status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let word = line?.split(whereSeparator: \.isWhitespace).dropFirst().first, let kibibytes = Int(word) else {
            throw Errno.noSuchProcess
        }
        return kibibytes * 1024
    }

    /// The processor time that it has used; the kernel counts in hundredths of a second.
    ///
    /// - Throws: `Errno` if it has ended.
    package func processorTime() throws -> Duration {
        // The program's name, in parentheses, may hold spaces; user and system time are the 12th and 13th word after it.
        let words = try self.read("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard words.count > 12, let user = Int64(words[11]), let system = Int64(words[12]) else {
            throw Errno.noSuchProcess
        }
        return .nanoseconds((user + system) * (1_000_000_000 / Int64(sysconf(CInt(_SC_CLK_TCK)))))
    }

    /// The lines of its log so far.
    ///
    /// - Throws: `Errno` if they cannot be read.
    package func log() throws -> [String] {
        try self.errors.lines()
    }

    /// Reads some of a log that nobody read so far (``ErrorOutput/unread``); waits if there is nothing.
    ///
    /// - Returns: At most 64 KiB, which may end within a line.
    /// - Throws: `Errno` if it cannot be read.
    package func nextOfUnreadLog() throws -> String {
        try self.errors.nextOfUnread()
    }

    /// Lets it have only so many files open from now on; those that it has, it keeps.
    ///
    /// - Throws: What starting the tool throws.
    package func limitOpenFiles(to count: Int) async throws {
        let arguments = ["--pid", "\(self.process)", "--nofile=\(count):\(count)"]
        let result = try await Programs.run(.name("prlimit"), arguments)
        precondition(result.status == .exited(0), result.errors)
    }

    /// Waits until it has ended.
    package func ended() async throws {
        let descriptor = self.processDescriptor
        // The system's handle of the process becomes readable at its end.
        try await PeerThread.run {
            var handle = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            unsafe poll(&handle, 1, -1)
        }
    }

    /// Tells it to end by SIGTERM, and waits until it has ended.
    ///
    /// - Returns: How long that took.
    /// - Throws: What sending the signal throws.
    package func timeToEnd() async throws -> Duration {
        try await ContinuousClock().measure {
            try self.send(.terminate)
            try await self.ended()
        }
    }

    private func read(_ name: String) throws -> String {
        try TextFile.read(FilePath("/proc/\(self.process)/\(name)"))
    }
}
