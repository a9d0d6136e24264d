// The built program: commands on a running process, and on its folder when it is stopped.

import CSystem
import Glibc
import JSON
import TestKit
import Testing

private struct Outcome {
  let code: CInt
  let output: String
  let errors: String

  var json: JSONValue { get throws { try JSONValue(parsing: Array(output.utf8)) } }
}

private struct Program: Sendable {
  let folder: TemporaryDirectory
  let environment: [String: String]

  init() throws {
    folder = try TemporaryDirectory()
    environment = [
      "GUILDHALL_DATA": folder.file("data"), "GUILDHALL_LISTEN": "127.0.0.1:0",
      "GUILDHALL_SIMULATOR_LISTEN": "127.0.0.1:0", "GUILDHALL_LOG": "warning",
      "GUILDHALL_DISCORD_TOKEN": "", "GUILDHALL_DATABASE_URL": "", "GUILDHALL_REDIS_URL": "",
      "GUILDHALL_ROLES": "", "GUILDHALL_ADMIN_SOCKET": "", "GUILDHALL_MASTER_KEY_FILE": "",
      // Nobody is asked about tokens beyond this machine.
      "GUILDHALL_DISCORD_API": "http://127.0.0.1:1/api/v10",
    ]
  }

  func start() async throws -> ChildProcess {
    let child = try await ChildProcess.start(
      [besideThisTest("guildhall"), "serve"], environment: environment, mergesErrors: true)
    _ = try await child.line(timeout: .seconds(60)) { $0.contains("is ready at") }
    return child
  }

  /// Runs a command to its end. `input` is piped in.
  func run(_ line: String, input: String = "") async throws -> Outcome {
    let errors = folder.file("errors")
    // Words of ours, without anything a shell would read.
    let child = try await ChildProcess.start(
      ["sh", "-c", "\(besideThisTest("guildhall")) \(line) 2>\(errors) <<'END'\n\(input)\nEND"],
      environment: environment)
    let output = await child.remainingOutput()
    return Outcome(code: await child.wait(), output: output, errors: try text(of: errors))
  }

  private func text(of path: String) throws -> String {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
}

@Suite(.timeLimit(.minutes(5)), .serialized) struct ProgramTests {
  @Test func `commands work on the running process, and on the folder once it is stopped`() async throws {
    let program = try Program()
    let nothing = try await program.run("guilds")
    #expect(nothing.code == 1)
    #expect(nothing.errors.contains("holds nothing"))

    let server = try await program.start()
    // The bot has told of its servers once it is online.
    try await eventually("the servers are known", within: .seconds(60)) {
      try await program.run("guilds --json").json.array?.isEmpty == false
    }
    let list = try await program.run("guilds --json").json.array ?? []
    // The smaller server: the demo has set up the larger one.
    let small = list.min { ($0["members"]?.int64 ?? 0) < ($1["members"]?.int64 ?? 0) }
    let guild = try #require(small?["guild"]?.string)
    #expect(try await program.run("bot list --json").json.array?.first?["kind"] == "shared")

    #expect(try await program.run("plugin enable \(guild) roles").code == 0)
    #expect(try await program.run("settings set \(guild) core prefix !").code == 0)
    let refused = try await program.run("settings set \(guild) core zone nowhere")
    #expect(refused.code == 1)
    #expect(refused.output.isEmpty)
    #expect(refused.errors.contains("time zone"))
    let unclear = try await program.run("settings set \(guild)")
    #expect(unclear.code == 2)
    #expect(unclear.errors.contains("usage: guildhall settings set"))
    #expect(try await program.run("access grant \(guild) 77 manager").code == 0)
    // Without a terminal nobody is asked: it takes --yes.
    #expect(try await program.run("data erase person 77 \(guild)").code == 2)
    let secret = "hQ8vZr1kXw2mPq9sTn4bYc7dLf0gJa3e"
    let token = try await program.run("bot set-token \(guild)", input: secret)
    #expect(token.code == 1)
    #expect(token.errors.contains("client secret") && !token.errors.contains(secret))
    let help = try await program.run("access --help")
    #expect(help.code == 0)
    #expect(help.output.contains("access revoke"))

    server.kill(SIGTERM)
    #expect(await server.wait() == 0)
    var status = stat()
    #expect(lstat(program.folder.file("data/admin.sock"), &status) != 0)

    // The same data, without the process.
    let settings = try await program.run("settings get \(guild) core --json").json
    #expect(settings["prefix"] == "!")
    let plugins = try await program.run("plugins \(guild) --json").json.array ?? []
    #expect(plugins.contains { $0["plugin"] == "roles" && $0["enabled"] == true })
    #expect(try await program.run("access revoke \(guild) 77").code == 0)
    let export = try await program.run("data export guild \(guild)")
    #expect(try export.json["guild"]?.string == guild)
    #expect(export.errors.contains("rows of"))
    let audit = try await program.run("audit \(guild) --json").json.array ?? []
    #expect(
      audit.map { $0["action"]?.string } == [
        "data.export", "core.access.revoke", "core.access.grant", "settings.change", "plugin.enable",
      ])
    #expect(audit.allSatisfy { $0["actor"] == "operator" })
  }

  @Test func `what a killed process left does not keep the next one from listening`() async throws {
    let program = try Program()
    let first = try await program.start()
    first.kill(SIGKILL)
    await first.wait()
    let stopped = try await program.run("bot list")
    #expect(stopped.code == 0, "\(stopped.errors)")
    let second = try await program.start()
    let list = try await program.run("bot list --json").json.array
    #expect(list?.first?["state"] != "not running here")
    second.kill(SIGTERM)
    #expect(await second.wait() == 0)
  }
}
