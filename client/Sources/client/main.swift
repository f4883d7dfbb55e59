import ProgramOptions

await ClientCommand.start(arguments: Array(CommandLine.arguments.dropFirst()))
