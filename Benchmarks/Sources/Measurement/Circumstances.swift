import Foundation

/// The conditions of a run, to publish with its numbers: machine and load, commit, toolchain, date and command.
public struct Circumstances: Sendable {
    private let lines: [(name: String, value: String)]

    /// Collects the conditions.
    ///
    /// - Parameter peers: The names and versions of the peers.
    public init(peers: [String]) {
        let processor = ProcFile(path: "/proc/cpuinfo")?["model name"] ?? "unknown processor"
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let load = ProcFile(path: "/proc/loadavg")?.text.split(separator: " ").first
        let memory = SystemMemory.installed.map { ", \(ByteCount($0)) of memory" } ?? ""
        self.lines = [
            ("machine", "\(processor), \(cores) cores\(memory)"),
            ("load", load.map { "\($0) (average over the last minute)" } ?? "unknown"),
            ("commit", Self.firstLine(of: ["git", "describe", "--always", "--dirty"]) ?? "unknown"),
            ("toolchain", Self.firstLine(of: ["swift", "--version"]) ?? "unknown"),
            ("peers", peers.isEmpty ? "none" : peers.joined(separator: ", ")),
            ("date", Date.now.formatted(.iso8601)),
            ("command", Self.command),
        ]
    }

    /// The command line, without the program's folder.
    private static var command: String {
        let arguments = CommandLine.arguments
        let program = arguments.first.map { URL(filePath: $0).lastPathComponent } ?? ""
        return ([program] + arguments.dropFirst()).joined(separator: " ")
    }

    /// Runs a program found in `PATH`, and returns the first line of its output if it succeeds.
    private static func firstLine(of command: [String]) -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil, let bytes = try? output.fileHandleForReading.readToEnd() else { return nil }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(bytes: bytes, encoding: .utf8)?.split(separator: "\n").first.map(String.init)
    }
}

extension Circumstances: CustomStringConvertible {
    /// One line per condition, with the names in one column.
    public var description: String {
        self.lines.map { "\($0.name):".padding(toLength: 11, withPad: " ", startingAt: 0) + $0.value }
            .joined(separator: "\n")
    }
}
