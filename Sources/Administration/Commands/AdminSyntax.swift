// The commands of the operator, one row each: words, arguments, help, and how a value is made of them.

import DiscordCore
import PlatformAccess
import SandboxData

/// One row of the table.
struct AdminSyntax: Sendable {
  /// The words it begins with.
  let words: [String]
  /// What follows, as help shows it.
  let arguments: String
  /// One line.
  let summary: String
  /// More, where there is more to say.
  var details = ""
  /// Besides `--json`, which all take.
  var options: [AdminOption] = []
  let read: @Sendable (inout AdminWords) throws(AdminFailure) -> AdminCommand

  var name: String { words.joined(separator: " ") }
  var usage: String { arguments.isEmpty ? name : "\(name) \(arguments)" }
}

extension AdminSyntax {
  /// In the order in which help lists them. What begins with more words comes first where the words are the same.
  static let all: [AdminSyntax] =
    servers + guests + settings + access + records + bots + data

  private static let servers: [AdminSyntax] = [
    AdminSyntax(words: ["guilds"], arguments: "", summary: "list the servers") {
      _ throws(AdminFailure) in .guilds
    },
    AdminSyntax(
      words: ["plugins"], arguments: "[GUILD]",
      summary: "list plugins, and where each command's code is; or what a server has on"
    ) { words throws(AdminFailure) in .plugins(try words.optionalGuild()) },
    AdminSyntax(words: ["plugin", "enable"], arguments: "GUILD NAME", summary: "switch a plugin on") {
      words throws(AdminFailure) in
      .setPlugin(try words.guild(), plugin: try words.required("NAME"), isEnabled: true)
    },
    AdminSyntax(words: ["plugin", "disable"], arguments: "GUILD NAME", summary: "switch a plugin off") {
      words throws(AdminFailure) in
      .setPlugin(try words.guild(), plugin: try words.required("NAME"), isEnabled: false)
    },
  ]

  private static let guests: [AdminSyntax] = [
    AdminSyntax(
      words: ["plugin", "install"], arguments: "FILE.zip [GUILD]",
      summary: "take a third-party plugin: for one server, or without GUILD for all that want it",
      details: """
        The zip is checked, and what it asks for is shown with its risk. Into a server it comes only with --yes, and
        may there what is harmless unless --allow and --deny say otherwise. FILE is - for what is piped in.
        """,
      options: [.yes, .allow, .deny, .domains, .privacy]
    ) { words throws(AdminFailure) in
      let file = try words.required("FILE.zip")
      return .installPlugin(try words.optionalGuild(), file: file)
    },
    AdminSyntax(
      words: ["plugin", "grant"], arguments: "GUILD NAME", summary: "change what a third-party plugin may",
      details: "Without options, shows what it may. What no option names stays as it is.",
      options: [.allow, .deny, .domains, .privacy]
    ) { words throws(AdminFailure) in
      .grantPlugin(try words.guild(), plugin: try words.required("NAME"))
    },
    AdminSyntax(
      words: ["plugin", "uninstall"], arguments: "GUILD NAME", summary: "take a third-party plugin out",
      details: "Its data is held for 30 days, should it come back."
    ) { words throws(AdminFailure) in
      .uninstallPlugin(try words.guild(), plugin: try words.required("NAME"))
    },
    AdminSyntax(
      words: ["plugin", "withdraw"], arguments: "NAME",
      summary: "offer a third-party plugin no longer; servers that have it keep it"
    ) { words throws(AdminFailure) in .withdrawPlugin(try words.required("NAME")) },
    AdminSyntax(
      words: ["plugin", "secrets"], arguments: "NAME",
      summary: "list the secrets that all servers share of a plugin on offer, without their values"
    ) { words throws(AdminFailure) in .pluginSecrets(plugin: try words.required("NAME")) },
    AdminSyntax(
      words: ["plugin", "set-secret"], arguments: "NAME KEY",
      summary: "set a secret that all servers share of a plugin on offer",
      details: """
        The value is asked for, or read from standard input. A server's own value goes before it. Bound to a host, it
        is what the plugin's requests name as `secret_auth` or `auth`.
        """,
      options: [.host]
    ) { words throws(AdminFailure) in
      .setPluginSecret(plugin: try words.required("NAME"), name: try words.required("KEY"))
    },
    AdminSyntax(
      words: ["plugin", "forget-secret"], arguments: "NAME KEY", summary: "forget such a secret"
    ) { words throws(AdminFailure) in
      .forgetPluginSecret(plugin: try words.required("NAME"), name: try words.required("KEY"))
    },
    AdminSyntax(
      words: ["plugin", "limit"], arguments: "NAME [REQUESTS]",
      summary: "show or change how many web requests a minute a plugin on offer may make in each server",
      details: """
        REQUESTS is a number from \(RequestLimits.bounds.lowerBound) to \(RequestLimits.bounds.upperBound), or default \
        for the \(RequestLimits.standard) that every plugin may make. Twice as many may go at once; then they go at \
        that rate. It holds within seconds.
        """
    ) { words throws(AdminFailure) in
      let plugin = try words.required("NAME")
      switch words.optional() {
      case nil: return .pluginLimit(plugin: plugin)
      case "default": return .setPluginLimit(plugin: plugin, perMinute: nil)
      case let word?: return .setPluginLimit(plugin: plugin, perMinute: try AdminWords.requests(word))
      }
    },
    AdminSyntax(
      words: ["plugin", "log"], arguments: "[GUILD] NAME",
      summary: "show what a third-party plugin wrote, and what was refused it; newest first",
      details: """
        Without GUILD: what belongs to no server, such as how the processes of a plugin on offer start and end.
        """,
      options: [.limit]
    ) { words throws(AdminFailure) in
      let word = try words.required("NAME")
      guard let name = words.optional() else { return .pluginLog(nil, plugin: word) }
      return .pluginLog(try AdminWords.guild(word), plugin: name)
    },
  ]

  private static let settings: [AdminSyntax] = [
    AdminSyntax(words: ["settings", "get"], arguments: "GUILD [PLUGIN]", summary: "show settings") {
      words throws(AdminFailure) in
      .showSettings(try words.guild(), plugin: words.optional())
    },
    AdminSyntax(
      words: ["settings", "set"], arguments: "GUILD PLUGIN FIELD VALUE…", summary: "change one setting",
      details: """
        FIELD is a name as `settings get` shows it, or a path such as ladder[0].duration. VALUE is what one would type
        in Discord: on, 10m, a list with commas, `none`; records are JSON. A value that begins with -- goes after a --.
        """
    ) { words throws(AdminFailure) in
      .setSetting(
        try words.guild(), plugin: try words.required("PLUGIN"), field: try words.required("FIELD"),
        value: try words.rest("VALUE"))
    },
    AdminSyntax(
      words: ["settings", "export"], arguments: "GUILD [PLUGIN]",
      summary: "print settings as a document for import"
    ) { words throws(AdminFailure) in
      .exportSettings(try words.guild(), plugin: words.optional())
    },
    AdminSyntax(
      words: ["settings", "import"], arguments: "GUILD [PLUGIN]",
      summary: "take settings from a document on standard input",
      details: """
        The document is what `settings export` printed, of one plugin or of all. All of it is checked before anything
        is changed. Of all plugins, it also says which are on.
        """
    ) { words throws(AdminFailure) in
      .importSettings(try words.guild(), plugin: words.optional())
    },
  ]

  private static let access: [AdminSyntax] = [
    AdminSyntax(words: ["access", "list"], arguments: "GUILD", summary: "list who was given access") {
      words throws(AdminFailure) in .listAccess(try words.guild())
    },
    AdminSyntax(
      words: ["access", "grant"], arguments: "GUILD USER|role:ID ROLE",
      summary: "give access: viewer, manager or owner"
    ) { words throws(AdminFailure) in
      .grantAccess(try words.guild(), AccessGrant(try words.subject(), try words.accessRole()))
    },
    AdminSyntax(
      words: ["access", "revoke"], arguments: "GUILD USER|role:ID [ROLE]", summary: "take access away",
      details: "With ROLE, only if that is what was given."
    ) { words throws(AdminFailure) in
      .revokeAccess(
        try words.guild(), try words.subject(), expecting: words.words.isEmpty ? nil : try words.accessRole())
    },
  ]

  private static let records: [AdminSyntax] = [
    AdminSyntax(
      words: ["cases"], arguments: "GUILD [USER]", summary: "list moderation cases, newest first",
      options: [.limit, .offset]
    ) { words throws(AdminFailure) in .cases(try words.guild(), try words.optionalUser()) },
    AdminSyntax(
      words: ["audit"], arguments: "GUILD", summary: "list who changed what, newest first",
      options: [.limit, .before, .action]
    ) { words throws(AdminFailure) in .audit(try words.guild()) },
    AdminSyntax(
      words: ["why"], arguments: "GUILD MESSAGE_OR_EVENT", summary: "tell why something was done, or was not",
      details: "A message's link or id, a member's or channel's id, or the key of an event; of the last day.",
      options: [.limit]
    ) { words throws(AdminFailure) in
      .why(try words.guild(), subject: try words.required("MESSAGE_OR_EVENT"))
    },
    AdminSyntax(
      words: ["notices"], arguments: "[GUILD]", summary: "list the operator's notices, or a server's",
      options: [.all, .limit, .before]
    ) { words throws(AdminFailure) in .notices(try words.optionalGuild()) },
  ]

  private static let tokenNote = """
    The token is asked for, or read from standard input. It is never a word of the command line, which every user of
    the machine can see.
    """

  private static let bots: [AdminSyntax] = [
    AdminSyntax(words: ["bot", "list"], arguments: "", summary: "list bots and how they are") {
      _ throws(AdminFailure) in .listBots
    },
    AdminSyntax(
      words: ["bot", "set-token"], arguments: "GUILD", summary: "give a server a bot of its own",
      details: tokenNote, options: [.also]
    ) { words throws(AdminFailure) in .setToken(try words.guild()) },
    AdminSyntax(
      words: ["bot", "rotate"], arguments: "BOT", summary: "replace a bot's token", details: tokenNote
    ) { words throws(AdminFailure) in .rotateToken(try words.user("BOT", "a bot")) },
    AdminSyntax(words: ["bot", "restart"], arguments: "BOT", summary: "start a bot anew") {
      words throws(AdminFailure) in .restartBot(try words.user("BOT", "a bot"))
    },
    AdminSyntax(
      words: ["bot", "remove"], arguments: "BOT",
      summary: "forget a bot; its servers go back to the shared one",
      options: [.yes]
    ) { words throws(AdminFailure) in .removeBot(try words.user("BOT", "a bot")) },
  ]

  private static let data: [AdminSyntax] = [
    AdminSyntax(
      words: ["data", "export", "guild"], arguments: "GUILD", summary: "print everything of a server as JSON"
    ) { words throws(AdminFailure) in .exportData(.guild(try words.guild())) },
    AdminSyntax(
      words: ["data", "export", "person"], arguments: "USER [GUILD]",
      summary: "print what is held about a person, in one server or everywhere"
    ) { words throws(AdminFailure) in
      .exportData(.person(try words.user(), in: try words.optionalGuild()))
    },
    AdminSyntax(
      words: ["data", "erase", "guild"], arguments: "GUILD", summary: "erase a server, for good",
      options: [.yes]
    ) { words throws(AdminFailure) in .eraseData(.guild(try words.guild())) },
    AdminSyntax(
      words: ["data", "erase", "person"], arguments: "USER [GUILD]",
      summary: "erase a person, from one server or from all, for good", options: [.yes]
    ) { words throws(AdminFailure) in
      .eraseData(.person(try words.user(), in: try words.optionalGuild()))
    },
  ]
}
