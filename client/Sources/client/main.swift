import FoundationEssentials
import ProgramOptions

await ClientCommand.start(
    arguments: Array(CommandLine.arguments.dropFirst()),
    environment: ProcessInfo.processInfo.environment
)
