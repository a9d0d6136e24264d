// The program as an operator runs it, with third-party plugins that came by its command line.

import Foundation
import Glibc
import SandboxTestKit
import TestKit

/// A town, and `guildhall serve` in it.
final class GuestHouse: Sendable {
  let invitation: TownInvitation
  private let folder: TemporaryDirectory
  private let town: ChildProcess
  private let program: ChildProcess
  private let environment: [String: String]
  /// What ran before.
  private let others: Processes

  private init(
    _ invitation: TownInvitation, _ folder: TemporaryDirectory, _ town: ChildProcess, _ program: ChildProcess,
    _ environment: [String: String], _ others: Processes
  ) {
    (self.invitation, self.folder, self.town, self.program) = (invitation, folder, town, program)
    (self.environment, self.others) = (environment, others)
  }

  /// Runs `body` in a new house, and takes it down.
  static func run<Value>(_ body: (GuestHouse) async throws -> Value) async throws -> Value {
    let folder = try TemporaryDirectory()
    let town = try await ChildProcess.start(["/proc/\(getpid())/exe", "town"])
    guard let line = await town.nextLine() else { throw TestKitError("the town did not start") }
    let invitation = try TownInvitation(line: line)
    let environment = [
      "GUILDHALL_DATA": folder.file("data"), "GUILDHALL_DISCORD_API": invitation.api,
      "GUILDHALL_DISCORD_TOKEN": invitation.token, "GUILDHALL_LISTEN": "127.0.0.1:0",
      "GUILDHALL_DISCORD_GLOBAL_LIMIT": "\(townCallsPerSecond)",
      "GUILDHALL_LOG": ProcessEnvironment.current["GUILDHALL_LOG"] ?? "error",
    ]
    let others = Processes.now
    let program = try await ChildProcess.start(
      [besideThisTest("guildhall"), "serve"], environment: environment)
    _ = try await program.line(timeout: .seconds(60)) { $0.contains("is ready at") }
    let house = GuestHouse(invitation, folder, town, program, environment, others)
    let outcome: Result<Value, any Error>
    do { outcome = .success(try await body(house)) } catch { outcome = .failure(error) }
    program.kill(SIGTERM)
    await program.wait()
    town.kill()
    return try outcome.get()
  }

  // MARK: Plugins

  /// Lets a plugin into a guild with all that it asks for; `offer` has the guilds that get it share its processes.
  func install(_ plugin: String, as words: [String: String] = [:], in guilds: [Int], offers: Bool = false)
    async throws
  {
    let zip = folder.file("\(UUID().uuidString).zip")
    let source = "Benchmarks/Sandbox/Plugins/\(plugin)"
    let entries = try ["manifest.json", "__main__.py"].map { name in
      var text = try String(contentsOfFile: "\(source)/\(name)", encoding: .utf8)
      for (word, other) in words { text = text.replacingOccurrences(of: word, with: other) }
      return ZipEntry(name, text)
    }
    try Data(ZipWriter.zip(entries)).write(to: URL(fileURLWithPath: zip))
    if offers { try await command(["plugin", "install", zip]) }
    for guild in guilds {
      try await command([
        "plugin", "install", zip, invitation.guilds[guild], "--yes", "--allow", "all", "--privacy",
        source.hasSuffix("idle") ? "metadata" : "full",
      ])
    }
  }

  private func command(_ words: [String]) async throws {
    var said = ""
    // The bot learns of its guilds one after the other.
    for _ in 0..<100 {
      let process = try await ChildProcess.start(
        [besideThisTest("guildhall")] + words, environment: environment, mergesErrors: true)
      said = await process.remainingOutput()
      if await process.wait() == 0 { return }
      guard said.contains("is known here") else { break }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw TestKitError("\(words.joined(separator: " ")): \(said)")
  }

  // MARK: People

  func echo(perSecond: Double, seconds: Double, first: Int, count: Int) async throws -> EchoFigures {
    try EchoFigures(
      line: await tell("echo \(perSecond) \(seconds) \(first) \(count)", within: .seconds(seconds + 20)))
  }

  /// What the bot answers, and after how many milliseconds.
  func ask(_ text: String, in guild: Int, seconds: Double = 30) async throws -> (after: Double, text: String)
  {
    let words = try await tell("ask \(guild) \(seconds) \(text)", within: .seconds(seconds + 10)).split(
      separator: " ", maxSplits: 1)
    guard words.count == 2, let after = Double(words[0]) else {
      throw TestKitError("nobody answered \(text)")
    }
    return (after, String(words[1]))
  }

  func say(_ text: String, in guild: Int) async throws {
    _ = try await tell("say \(guild) \(text)", within: .seconds(10))
  }

  private func tell(_ order: String, within timeout: Duration) async throws -> String {
    town.write("\(order)\n")
    guard let line = await town.nextLine(timeout: timeout) else {
      throw TestKitError("the town gave no answer to \(order)")
    }
    return line
  }

  // MARK: Processes

  /// Everything that runs because of the house.
  var processes: Processes { Processes.now.subtracting(others) }

  /// The plugins' own processes: nothing else that the house starts is Python.
  var workers: Processes { processes.filter { name, _ in name.hasPrefix("python") } }

  /// All but those: the program, the engine and its helpers.
  var host: Processes { processes.subtracting(workers) }
}
