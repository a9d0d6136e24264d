// The sandbox's table: `guildhall bench sandbox`; with `town` as the first word, the Discord it runs on.

import BenchmarkHarness
import Telemetry

// The table is for people.
LogSystem.process.levels = LogLevels(standard: .error)

if CommandLine.arguments.dropFirst().first == "town" {
  try await runTown()
} else {
  await runBenchmarks(CommandLine.arguments, suites: ["sandbox": sandboxBenchmarks])
}
