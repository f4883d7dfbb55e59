import FoundationEssentials
import ProgramOptions

ServerCommand.start(
    arguments: Array(CommandLine.arguments.dropFirst()),
    environment: ProcessInfo.processInfo.environment
)
