public import ArgumentParser
public import PrimeConsole

extension ColorChoice: ExpressibleByArgument {}
