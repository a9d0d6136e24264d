// temporary
import BenchmarkHarness
func runAll() async throws {
  for benchmark in httpClientBenchmarks {
    for row in try await benchmark.run() { print(row.name, row.ours, row.unit, "|", row.peer, row.peerValue, "ratio", row.ratio, row.holds) }
  }
}
try await runAll()
