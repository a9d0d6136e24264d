// Deletion of forbidden words, side by side with Red-DiscordBot and its filter cog, on the same simulator and load.

import BenchmarkHarness
import Glibc
import TestKit

let filterPeerBenchmarks: [Benchmark] = [
  Benchmark("filter: beside Red-DiscordBot") { try await filterRows() }
]

/// A bot that deletes messages with `forbiddenWords`: how it is started.
struct BotProcess: Sendable {
  let name: String
  /// Starts it on `core` with an empty folder of its own, and returns when it is there or later: that it deletes in
  /// every guild is seen to afterwards.
  let start: @Sendable (_ town: TownInvitation, _ folder: String, _ core: Int) async throws -> ChildProcess
}

/// What a bot needs for the talk of a town.
struct FilterFigures: Sendable {
  /// From a message to its deletion, in milliseconds.
  var p50: Double
  var p99: Double
  /// Processor time of the bot's process in microseconds for each event that the talk brought it.
  var cpuPerEvent: Double
}

extension BotProcess {
  /// Red-DiscordBot as `./guildhall setup bench` installs it: core and filter cog, JSON storage, no RPC server.
  static let red = BotProcess(name: "Red-DiscordBot") { town, folder, core in
    let bot = try await ChildProcess.start(
      onCore(core)
        + [redPython, "Benchmarks/Platform/Clients/red_bot.py", town.api, town.token, folder] + forbiddenWords
    )
    _ = try await bot.line(timeout: .seconds(90)) { $0.hasPrefix("ready ") }
    return bot
  }
}

/// The Python that has Red, which pins other versions than our test tools do.
private let redPython = ProcessEnvironment.current["GUILDHALL_RED_PYTHON"] ?? ".venv-red/bin/python"

/// Two loads, and both keep within what Red manages: 2,000 messages a second, which take half a core of it; and a
/// raid, in which they come 200 at once, so that whoever is slow with one is late with all that follow.
private let talks = [
  (name: "2,000 messages/s", talk: Talk(perSecond: 2_000, seconds: 15, forbiddenEvery: 100)),
  (
    name: "200 at once, twice a second",
    talk: Talk(perSecond: 400, seconds: 15, atOnce: 200, forbiddenEvery: 20)
  ),
]

/// Who runs beside Red.
private let ours = BotProcess.guildhall

private func filterRows() async throws -> [BenchmarkRow] {
  var rows: [BenchmarkRow] = []
  for (name, talk) in talks {
    var own: [FilterFigures] = []
    var peer: [FilterFigures] = []
    for _ in 0..<3 {
      own.append(try await measure(bot: ours, talk))
      peer.append(try await measure(bot: .red, talk))
    }
    func row(_ what: String, _ unit: String, _ figure: KeyPath<FilterFigures, Double>) -> BenchmarkRow {
      BenchmarkRow(
        name: "Filter, \(ours.name), 20 guilds, \(name): \(what)", unit: unit,
        ours: median(own.map { $0[keyPath: figure] }),
        peer: BotProcess.red.name, peerValue: median(peer.map { $0[keyPath: figure] }), goal: .atMost(1.0 / 5)
      )
    }
    rows += [
      row("message to deletion, p50", "ms", \.p50), row("message to deletion, p99", "ms", \.p99),
      row("processor time for each event", "µs", \.cpuPerEvent),
    ]
  }
  return rows
}

/// A town of its own for the bot, on the other cores; the bot alone on the last one.
///
/// - Throws: when a forbidden message stays, or another one does not.
func measure(bot: BotProcess, _ talk: Talk) async throws -> FilterFigures {
  let folder = try TemporaryDirectory()
  let town = try await TownProcess.start("filter-town")
  defer { town.end() }
  let process = try await bot.start(town.invitation, folder.path, town.freeCore)
  defer { process.kill() }
  _ = try await town.ask("probe", within: .seconds(120))
  // Connections are made, code and caches are warm.
  var warmUp = talk
  warmUp.seconds = 3
  _ = try await town.ask("talk \(warmUp.words)", within: .seconds(60))

  let start = try processorSeconds(of: process.pid)
  let figures = try TalkFigures(
    line: await town.ask("talk \(talk.words)", within: .seconds(talk.seconds + 60)))
  let spent = try processorSeconds(of: process.pid) - start
  guard figures.missed == 0, figures.wronged == 0 else {
    throw TestKitError(
      """
      \(bot.name): of \(figures.forbidden) forbidden messages \(figures.missed) stayed, \(figures.wronged) others went
      """)
  }
  return FilterFigures(
    p50: figures.p50, p99: figures.p99, cpuPerEvent: spent * 1_000_000 / Double(figures.events))
}

/// The beginning of a command that runs on one core.
func onCore(_ core: Int) -> [String] { ["taskset", "-c", "\(core)"] }

/// How many seconds of processor time a process has had, in user mode and in the kernel, all threads together.
private func processorSeconds(of process: pid_t) throws -> Double {
  var clock = clockid_t()
  var time = timespec()
  guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else {
    throw TestKitError("a bot ended by itself")
  }
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
