// The kit's table: `guildhall-bench kit`.

import BenchmarkHarness

await runBenchmarks(
  CommandLine.arguments,
  suites: [
    "kit": jsonBenchmarks + httpServerBenchmarks + httpClientBenchmarks + webSocketBenchmarks
      + sqliteBenchmarks
      + postgresBenchmarks + busBenchmarks
  ])
