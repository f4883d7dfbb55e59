package typealias Answers = BatchAnswers
