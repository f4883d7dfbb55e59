internal import NIOPosix
public import SystemPackage

/// The lines of a file, pipe or terminal, read when they are asked for and no sooner.
///
/// Reading blocks, so it happens on a thread that is there to be blocked: a terminal or pipe may stay silent for ever, and waiting on it must
/// hold up neither Swift's shared executor nor an event loop. An event loop could not take it either: a terminal made
/// non-blocking is so for all who share it, and files and `/dev/null` cannot be waited for.
public struct LineReader: AsyncSequence, Sendable {
    /// A line without its end.
    public typealias Element = String

    private let input: FileDescriptor

    /// Makes a reader; nothing is read yet.
    public init(_ input: FileDescriptor) {
        self.input = input
    }

    /// Reads from where the reader before stopped.
    public func makeAsyncIterator() -> Iterator {
        Iterator(input: self.input)
    }

    /// Reads line by line.
    public struct Iterator: AsyncIteratorProtocol {
        private static let chunkBytes = 64 * 1024

        private let input: FileDescriptor
        /// What was read; lines before `position` have been given.
        private var chunk: [UInt8] = []
        private var position = 0
        private var atEnd = false

        fileprivate init(input: FileDescriptor) {
            self.input = input
        }

        /// Waits for the next line.
        ///
        /// - Returns: `nil` after the last one, which need not end in a newline.
        /// - Throws: The system's error, if reading failed.
        public mutating func next() async throws -> String? {
            var searched = 0
            while true {
                let pending = self.chunk[self.position...]
                if let newline = pending.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
                    self.position = newline + 1
                    return String(decoding: pending[..<newline], as: UTF8.self)
                }
                guard !self.atEnd else {
                    self.position = self.chunk.endIndex
                    return pending.isEmpty ? nil : String(decoding: pending, as: UTF8.self)
                }
                searched = pending.count
                self.chunk.removeFirst(self.position)
                self.position = 0
                let more = try await self.read()
                self.atEnd = more.isEmpty
                self.chunk += more
            }
        }

        private func read() async throws -> [UInt8] {
            try await NIOThreadPool.singleton.runIfActive { [input] in
                try unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
                    count = unsafe try input.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
        }
    }
}
