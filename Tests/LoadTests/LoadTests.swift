import Testing

/// The server at full size: tests that measure, so nothing else may run at the same time.
@Suite(.serialized, .timeLimit(.minutes(3)))
enum LoadTests {}

/// The load tests that take longer than 20 s.
@Suite(.serialized, .timeLimit(.minutes(20)))
enum LongLoadTests {}
