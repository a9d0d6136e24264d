// From words to orders: every command, its options, and what is refused.

import Administration
import DiscordCore
import PlatformAccess
import SandboxContract
import Testing

private let user = UserID(7)

private func order(_ command: AdminCommand, _ change: (inout AdminOptions) -> Void = { _ in }) -> AdminReading
{
  var order = AdminOrder(command)
  change(&order.options)
  return .order(order)
}

private struct Row: Sendable, CustomTestStringConvertible {
  let words: String
  let reading: AdminReading
  var testDescription: String { words }

  init(_ words: String, _ reading: AdminReading) { (self.words, self.reading) = (words, reading) }
}

private let rows: [Row] = [
  Row("guilds", order(.guilds)),
  Row("guilds --json", order(.guilds) { $0.wantsJSON = true }),
  Row("plugins", order(.plugins(nil))),
  Row("plugins 42", order(.plugins(guild))),
  Row("plugin enable 42 roles", order(.setPlugin(guild, plugin: "roles", isEnabled: true))),
  Row("plugin disable 42 roles", order(.setPlugin(guild, plugin: "roles", isEnabled: false))),
  Row("plugin install garden.zip", order(.installPlugin(nil, file: "garden.zip"))),
  Row(
    "plugin install garden.zip 42 --yes --allow storage:sql,discord:ban_members --deny storage:kv",
    order(.installPlugin(guild, file: "garden.zip")) {
      $0.isConfirmed = true
      ($0.grants.allowed, $0.grants.denied) = ([.sql, .banMembers], [.storageKV])
    }),
  Row(
    "plugin grant 42 garden --allow all --domains a.example,B.example --privacy full",
    order(.grantPlugin(guild, plugin: "garden")) {
      ($0.grants.allowsAll, $0.grants.domains, $0.grants.privacy) = (true, ["a.example", "b.example"], .full)
    }),
  Row(
    "plugin grant 42 garden --domains none",
    order(.grantPlugin(guild, plugin: "garden")) { $0.grants.domains = [] }),
  Row("plugin uninstall 42 garden", order(.uninstallPlugin(guild, plugin: "garden"))),
  Row("plugin withdraw garden", order(.withdrawPlugin("garden"))),
  Row("plugin limit garden", order(.pluginLimit(plugin: "garden"))),
  Row("plugin limit garden 250", order(.setPluginLimit(plugin: "garden", perMinute: 250))),
  Row("plugin limit garden default", order(.setPluginLimit(plugin: "garden", perMinute: nil))),
  Row("plugin log garden", order(.pluginLog(nil, plugin: "garden"))),
  Row("plugin log 42 garden --limit 5", order(.pluginLog(guild, plugin: "garden")) { $0.limit = 5 }),
  Row("settings get 42", order(.showSettings(guild, plugin: nil))),
  Row("settings get 42 core", order(.showSettings(guild, plugin: "core"))),
  Row(
    "settings set 42 core zone Europe/Vienna",
    order(.setSetting(guild, plugin: "core", field: "zone", value: "Europe/Vienna"))),
  Row(
    "settings set 42 welcome text Hello you there",
    order(.setSetting(guild, plugin: "welcome", field: "text", value: "Hello you there"))),
  Row(
    "settings set --json 42 core prefix -- --",
    order(.setSetting(guild, plugin: "core", field: "prefix", value: "--")) { $0.wantsJSON = true }),
  Row(
    "settings set 42 core prefix -", order(.setSetting(guild, plugin: "core", field: "prefix", value: "-"))),
  Row("settings export 42", order(.exportSettings(guild, plugin: nil))),
  Row("settings export 42 core", order(.exportSettings(guild, plugin: "core"))),
  Row("settings import 42 core", order(.importSettings(guild, plugin: "core"))),
  Row("access list 42", order(.listAccess(guild))),
  Row("access grant 42 7 manager", order(.grantAccess(guild, AccessGrant(.user(user), .manager)))),
  Row("access grant 42 user:7 Owner", order(.grantAccess(guild, AccessGrant(.user(user), .owner)))),
  Row("access grant 42 role:9 viewer", order(.grantAccess(guild, AccessGrant(.role(RoleID(9)), .viewer)))),
  Row("access revoke 42 7", order(.revokeAccess(guild, .user(user), expecting: nil))),
  Row("access revoke 42 role:9 viewer", order(.revokeAccess(guild, .role(RoleID(9)), expecting: .viewer))),
  Row("cases 42", order(.cases(guild, nil))),
  Row("cases 42 7 --limit 5 --offset=9", order(.cases(guild, user)) { ($0.limit, $0.offset) = (5, 9) }),
  Row(
    "audit 42 --action settings. --before 9",
    order(.audit(guild)) { ($0.action, $0.before) = ("settings.", 9) }),
  Row("why 42 99", order(.why(guild, subject: "99"))),
  Row("why 42 t5.1", order(.why(guild, subject: "t5.1"))),
  Row("bot list", order(.listBots)),
  Row("bot set-token 42 --also", order(.setToken(guild)) { $0.alsoServes = true }),
  Row("bot rotate 7", order(.rotateToken(user))),
  Row("bot restart 7", order(.restartBot(user))),
  Row("bot remove 7 --yes", order(.removeBot(user)) { $0.isConfirmed = true }),
  Row("notices", order(.notices(nil))),
  Row("notices 42 --all", order(.notices(guild)) { $0.includesAll = true }),
  Row("data export guild 42", order(.exportData(.guild(guild)))),
  Row("data export person 7", order(.exportData(.person(user, in: nil)))),
  Row("data export person 7 42", order(.exportData(.person(user, in: guild)))),
  Row("data erase guild 42 --yes", order(.eraseData(.guild(guild))) { $0.isConfirmed = true }),
  Row("data erase person 7 42", order(.eraseData(.person(user, in: guild)))),
]

@Suite struct ReadingTests {
  @Test(arguments: rows)
  private func `every command is read from its words`(_ row: Row) throws {
    let reading = try AdminOrder.read(row.words.split(separator: " ").map(String.init))
    #expect(reading == row.reading)
  }

  @Test(arguments: [
    ("plugins x", "GUILD takes the id of a server"),
    ("plugins 0", "GUILD takes the id of a server"),
    ("plugins 18446744073709551615", "GUILD takes the id of a server"),
    ("plugin enable 42", "NAME is missing"),
    ("plugin enable 42 roles welcome", "no place for 'welcome'"),
    ("plugin", "guildhall …"),
    ("plugin install", "FILE.zip is missing"),
    ("plugin install a.zip 42 --allow fly", "no capability 'fly'"),
    ("plugin grant 42 garden --privacy some", "full, metadata"),
    ("plugin grant 42 garden --yes", "--yes says nothing to plugin grant"),
    ("plugin limit", "NAME is missing"),
    ("plugin limit garden 0", "from 1 to 1000, or default"),
    ("plugin limit garden 1001", "from 1 to 1000, or default"),
    ("plugin limit garden much", "from 1 to 1000, or default"),
    ("plugin limit garden 5 6", "no place for '6'"),
    ("plugin toggle 42 roles", "plugin toggle 42 roles"),
    ("settings set 42 core prefix", "VALUE is missing"),
    ("access grant 42 7 king", "viewer, manager, owner"),
    ("access grant 42 role:x viewer", "role:ID takes"),
    ("audit 42 --limit 0", "from 1 to 100"),
    ("audit 42 --limit", "--limit takes a value"),
    ("audit 42 --json=1", "--json takes no value"),
    ("audit 42 --also", "--also says nothing to audit"),
    ("audit 42 --wat", "no option --wat"),
    ("bot remove", "BOT is missing"),
    ("data erase 42", "data erase guild"),
    ("data", "data export person"),
  ])
  func `what makes no sense is refused with the usage`(_ words: String, _ part: String) throws {
    let failure = #expect(throws: AdminFailure.self) {
      try AdminOrder.read(words.split(separator: " ").map(String.init))
    }
    #expect(failure?.exitCode == 2)
    #expect(failure?.description.contains(part) == true, "\(failure?.description ?? "")")
    #expect(failure?.description.contains("guildhall") == true)
  }

  @Test func `each command and each family has help`() throws {
    guard case .help(let text) = try AdminOrder.read(["bot", "set-token", "--help"]) else {
      Issue.record("no help")
      return
    }
    #expect(text.contains("bot set-token GUILD"))
    #expect(text.contains("--also"))
    #expect(text.contains("never a word of the command line"))
    guard case .help(let limit) = try AdminOrder.read(["plugin", "limit", "--help"]) else {
      Issue.record("no help")
      return
    }
    #expect(limit.contains("plugin limit NAME [REQUESTS]") && limit.contains("1 to 1000"))
    guard case .help(let family) = try AdminOrder.read(["settings", "-h"]) else {
      Issue.record("no help")
      return
    }
    #expect(family.split(separator: "\n").count == 5)
  }

  @Test func `a token is never a word`() {
    #expect(throws: AdminFailure.self) { try AdminOrder.read(["bot", "rotate", "7", "abc.def.ghi"]) }
    #expect(AdminCommand.rotateToken(user).input == .token)
    #expect(AdminCommand.setToken(guild).input == .token)
  }

  @Test func `words of the program's own commands are left to it`() {
    for word in ["serve", "up", "backup", "help", "version"] { #expect(!AdminOrder.knows(word)) }
    for word in ["guilds", "plugins", "plugin", "settings", "data"] { #expect(AdminOrder.knows(word)) }
  }
}
