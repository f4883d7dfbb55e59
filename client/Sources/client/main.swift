import ProgramOptions

ClientCommand.start(arguments: Array(CommandLine.arguments.dropFirst()))
