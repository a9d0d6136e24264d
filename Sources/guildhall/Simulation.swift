// `guildhall sim`, and the simulator inside `serve` when there is no bot token.

import EventLoop
import HTTPServer
import JSON
import Simulator
import SimulatorWorld
import Telemetry

/// The simulator as it is run for people: at a fixed address, with its seeded community and its playground.
struct Simulation: Sendable {
  let simulator: Simulator

  /// - Throws: what the simulator throws when it cannot listen there.
  static func start(_ settings: Settings) async throws -> Simulation {
    var configuration = SimulatorConfiguration()
    configuration.address = .tcp(host: settings.simulatorHost, port: settings.simulatorPort)
    configuration.hasPlayground = true
    return Simulation(simulator: try await Simulator.start(configuration))
  }

  /// Where a person looks at it.
  var playground: String { "http://\(simulator.authority)/playground" }

  /// The first application of the world: the demo bot.
  var botToken: String? {
    get async {
      await simulator.withWorld { world in
        world.applications.values.min { $0.id < $1.id }?.botToken
      }
    }
  }
}

/// Runs the simulator alone until the process is asked to stop. With `--json` it says what there is as JSON lines.
func simulate(_ arguments: [String], _ settings: Settings) async throws {
  guard arguments.allSatisfy({ $0 == "--json" }) else {
    throw UsageError(description: "guildhall sim takes --json and nothing else")
  }
  let simulation = try await Simulation.start(settings)
  if arguments.isEmpty {
    say("A Discord on this machine: \(simulation.simulator.apiBase)")
    say("Its playground: \(simulation.playground)")
    say("Ctrl-C ends it; nothing of it is kept. `guildhall sim --json` prints tokens, people and guilds.")
  } else {
    for line in await simulation.simulator.announcement() {
      say(String(decoding: try line.encoded(), as: UTF8.self))
    }
  }
  let loop = try EventLoop(name: "signals")
  try await ProcessSettings.waitForStop(on: loop)
  await simulation.simulator.stop()
  loop.shutdown()
}
