// The platform's table: `guildhall bench platform`; with a word of the switch below as the first, one of its processes.

import BenchmarkHarness
import Telemetry

// The table is for people.
LogSystem.process.levels = LogLevels(standard: .error)

let words = Array(CommandLine.arguments.dropFirst())

switch words.first {
case "filter-town": try await runFilterTown()
case "raid-town": try await runRaidTown()
case "settings-watcher": try await runSettingsWatcher(Array(words.dropFirst()))
default:
  await runBenchmarks(
    CommandLine.arguments,
    suites: [
      "platform": dispatchBenchmarks + autoModBenchmarks + settingsBenchmarks + timerBenchmarks
        + raidBenchmarks + filterPeerBenchmarks
    ])
}
