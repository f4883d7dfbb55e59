public import NIOCore

/// A message of fixed length: a request or an answer.
public protocol WireMessage: Equatable, Sendable {
    /// The length of every message of this kind, in bytes.
    static var byteCount: Int { get }

    /// Reads one message from the front of a buffer; `nil` if fewer than ``byteCount`` bytes are there, which stay.
    ///
    /// - Parameters:
    ///   - buffer: What was received; the message is taken off it.
    ///   - byteOrder: The order of the bytes in it.
    init?(from buffer: inout ByteBuffer, byteOrder: ByteOrder)

    /// Writes the message at the end of a buffer.
    ///
    /// - Parameters:
    ///   - buffer: What is to be sent.
    ///   - byteOrder: The order of the bytes in it.
    func write(to buffer: inout ByteBuffer, byteOrder: ByteOrder)
}

/// The stream ended within a message.
public struct TruncatedMessage: Error, Equatable, CustomStringConvertible {
    /// How many bytes of the message had come.
    public let byteCount: Int
    /// How many make a message.
    public let expectedByteCount: Int

    /// What went wrong, in a sentence.
    public var description: String {
        "the stream ended after \(self.byteCount) of a message's \(self.expectedByteCount) bytes"
    }
}

/// Cuts a stream of bytes into messages.
public struct WireMessageDecoder<Message: WireMessage>: NIOSingleStepByteToMessageDecoder {
    /// What comes out.
    public typealias InboundOut = Message

    private let byteOrder: ByteOrder

    /// Makes a decoder for a stream in which all numbers have this byte order.
    public init(byteOrder: ByteOrder = .big) {
        self.byteOrder = byteOrder
    }

    /// Decodes the next message.
    ///
    /// - Parameter buffer: What was received and not yet decoded.
    /// - Returns: `nil` if there is no whole message yet.
    public func decode(buffer: inout ByteBuffer) -> Message? {
        Message(from: &buffer, byteOrder: self.byteOrder)
    }

    /// Decodes the next message of a stream that has ended.
    ///
    /// - Parameters:
    ///   - buffer: What was received and not yet decoded.
    ///   - seenEOF: Whether the peer ended the stream, rather than the decoder being removed.
    /// - Returns: `nil` if nothing is left.
    /// - Throws: ``TruncatedMessage`` if the stream ended within a message.
    public func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> Message? {
        if let message = self.decode(buffer: &buffer) { return message }
        guard buffer.readableBytes == 0 else {
            throw TruncatedMessage(byteCount: buffer.readableBytes, expectedByteCount: Message.byteCount)
        }
        return nil
    }
}
