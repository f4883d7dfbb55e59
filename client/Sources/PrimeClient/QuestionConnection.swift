internal import NIOCore

/// What an ``Asker`` asks on.
protocol QuestionConnection: AnyObject {
    /// Where it goes to.
    var address: SocketAddress { get }
    /// When it was begun.
    var begun: NIODeadline { get }
    /// How many questions it can be given now.
    var room: Int { get }
    /// When the next thing must have happened; `nil` if nothing is due.
    var deadline: NIODeadline? { get }

    /// Asks questions, no more than there is room for.
    func ask(_ spans: [QuestionSpan], at now: NIODeadline)

    /// Closes; what has no answer goes back to the ``Asker``.
    func close(_ error: PrimeClientError)

    /// Closes if nobody waits for its answers any more.
    func closeIfAbandoned()
}
