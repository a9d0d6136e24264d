// `guildhall sim`, and the simulator inside `serve` when there is no bot token.

import Dashboard
import DiscordCore
import EventLoop
import HTTPServer
import JSON
import Simulator
import SimulatorWorld
import Telemetry
import Vault

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

  /// Keeps `time` with the simulated world's: who moves the world on by a day in the playground moves the house as well.
  /// Runs until the task is cancelled.
  func lead(_ time: ShiftedTime) async {
    while !Task.isCancelled {
      let now = await simulator.withWorld { $0.now }
      let ahead = now - time.now
      // Less is the time that asking takes.
      if ahead > .seconds(1) { time.advance(by: ahead) }
      do { try await SystemTime().sleep(for: .milliseconds(200)) } catch { return }
    }
  }

  /// Where a person looks at it.
  var playground: String { "http://\(simulator.authority)/playground" }

  /// Lets people of the world sign in on the dashboard: registers where Discord sends them back to, and says with which
  /// application, and who has the operator's desk: whoever owns the largest server.
  func signIn(redirectURI: String) async -> (application: SignInApplication, operator: UserID)? {
    await simulator.withWorld { world in
      guard let id = world.applications.values.min(by: { $0.id < $1.id })?.id,
        let owner = world.guilds.values.max(by: { $0.members.count < $1.members.count })?.ownerID
      else { return nil }
      if world.applications[id]?.redirectURIs.contains(redirectURI) == false {
        world.applications[id]?.redirectURIs.append(redirectURI)
      }
      guard let secret = world.applications[id]?.clientSecret else { return nil }
      return (SignInApplication(id: id, secret: Secret(utf8: secret)), owner)
    }
  }

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
