internal import NIOCore
package import SystemPackage

/// What the system says of an error, whether SwiftNIO threw it or a system call.
extension Error {
    /// The system's error; `nil` if there is none.
    package var systemError: Errno? { self as? Errno ?? (self as? IOError).map { Errno(rawValue: $0.errnoCode) } }

    /// The system's text if there is one, without the names of functions.
    package var systemDescription: String { self.systemError.map { "\($0)" } ?? "\(self)" }

    /// Whether the process or the machine lacks files or memory.
    package var isShortage: Bool {
        switch self.systemError {
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory: true
        default: false
        }
    }
}
