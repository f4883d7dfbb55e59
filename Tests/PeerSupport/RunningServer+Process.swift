internal import Glibc
internal import Subprocess
internal import SystemPackage

extension RunningServer {
    /// Returns how many files the server has open; connections count as files.
    ///
    /// - Throws: `Errno` if the server has ended.
    package func openFileCount() throws -> Int {
        guard let folder = unsafe opendir("/proc/\(self.process)/fd") else { throw Errno(rawValue: errno) }
        defer { unsafe closedir(folder) }
        // The folder also contains `.` and `..`.
        var count = -2
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }

    /// Returns the resident memory (`VmRSS`), in bytes.
    ///
    /// - Throws: `Errno` if the server has ended.
    package func residentBytes() throws -> Int {
        let line = try self.read("status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let word = line?.split(whereSeparator: \.isWhitespace).dropFirst().first, let kibibytes = Int(word) else {
            throw Errno.noSuchProcess
        }
        return kibibytes * 1024
    }

    /// Returns the CPU time that the server has used, in steps of 0.01 s.
    ///
    /// - Throws: `Errno` if the server has ended.
    package func processorTime() throws -> Duration {
        // The program's name is in parentheses and may contain spaces. User and system time are the 12th and 13th word
        // after it.
        let words = try self.read("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard words.count > 12, let user = Int64(words[11]), let system = Int64(words[12]) else {
            throw Errno.noSuchProcess
        }
        return .nanoseconds((user + system) * (1_000_000_000 / Int64(sysconf(CInt(_SC_CLK_TCK)))))
    }

    /// Returns the lines that the server has logged so far.
    ///
    /// - Throws: `Errno` if the log cannot be read.
    package func log() throws -> [String] {
        try self.errors.lines()
    }

    /// Reads from the log pipe of ``ErrorOutput/unread``; blocks while the pipe is empty.
    ///
    /// - Returns: At most 64 KiB, which may end within a line.
    /// - Throws: `Errno` if the pipe cannot be read.
    package func nextOfUnreadLog() throws -> String {
        try self.errors.nextOfUnread()
    }

    /// Limits the number of open files; files that are open already stay open.
    ///
    /// - Throws: What starting `prlimit` throws.
    package func limitOpenFiles(to count: Int) async throws {
        let arguments = ["--pid", "\(self.process)", "--nofile=\(count):\(count)"]
        let result = try await Programs.run(.name("prlimit"), arguments)
        precondition(result.status == .exited(0), result.errors)
    }

    /// Sends SIGSTOP, and waits until the server has stopped: its threads on other cores run on for a moment.
    ///
    /// - Throws: What sending the signal throws.
    package func suspend() async throws {
        try self.send(.suspend)
        let process = id_t(self.process)
        // The system tells the parent once all threads have stopped.
        try await PeerThread.run {
            // Safe: the structure outlives the call, which fills it.
            var information = unsafe siginfo_t()
            _ = unsafe waitid(P_PID, process, &information, WSTOPPED)
        }
    }

    /// Waits until the server has ended.
    package func ended() async throws {
        let descriptor = self.processDescriptor
        // The process descriptor becomes readable when the process ends.
        try await PeerThread.run {
            var handle = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            unsafe poll(&handle, 1, -1)
        }
    }

    /// Sends SIGTERM, and waits until the server has ended.
    ///
    /// - Returns: The time from the signal to the end.
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
