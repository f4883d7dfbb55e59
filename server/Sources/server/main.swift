import FoundationEssentials
import ProgramOptions

await ServerCommand.start(
    arguments: Array(CommandLine.arguments.dropFirst()),
    environment: ProcessInfo.processInfo.environment
)
