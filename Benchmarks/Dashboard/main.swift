// The dashboard's table: `guildhall bench dashboard`; with `town` as the first word, the server that is measured.

import BenchmarkHarness
import Telemetry

// The table is for people.
LogSystem.process.levels = LogLevels(standard: .error)

switch CommandLine.arguments.dropFirst().first {
case "town": try await runTown()
default: await runBenchmarks(CommandLine.arguments, suites: ["dashboard": pageBenchmarks])
}
