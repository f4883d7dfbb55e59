import Testing

/// The server at full size, one case after another: they measure, and nothing may run beside them.
@Suite(.serialized, .timeLimit(.minutes(3)))
enum LoadTests {}

/// Those that take longer than 20 s.
@Suite(.serialized, .timeLimit(.minutes(20)))
enum LongLoadTests {}
