// What a guild decides about Guildhall as a whole: prefix, language, zone, and who may use which command.

package import DiscordCore
package import PlatformPlugins
package import PlatformSettings
import PlatformText

/// The settings of the core, which is a plugin like others but for being always on.
package struct CoreSettings: PluginSettings {
  package var prefix = "."
  /// Of the bot's answers.
  package var language = GuildLanguage.english
  /// A name of the IANA time zone database.
  package var zone = "UTC"
  /// Where notices to the owners are posted as well; nil for the dashboard alone.
  package var noticeChannel: ChannelID?
  /// Whether notices also go to the guild's owner by direct message.
  package var directNotices = false
  package var commands: [CommandRule] = []

  package init() {}

  package static let fields = SettingsFields<CoreSettings>(
    .init("prefix", \.prefix, .text(1...8)),
    .init("language", \.language, .choice),
    .init("zone", \.zone, .text(1...64)),
    .init("noticeChannel", \.noticeChannel, .optional(.channel(0, 5))),
    .init("directNotices", \.directNotices, .toggle),
    .init("commands", \.commands, .list(.record(), 0...500)))

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    if ZoneRules(named: zone) == nil {
      problems.append(SettingsProblem(path.field("zone"), .rule, ["rule": "settings.rule.zone"]))
    }
    if prefix.contains(where: \.isWhitespace) || prefix.hasPrefix("/") {
      problems.append(SettingsProblem(path.field("prefix"), .rule, ["rule": "settings.rule.prefix"]))
    }
    var seen: Set<String> = []
    for (index, rule) in commands.enumerated() where !seen.insert(rule.command).inserted {
      problems.append(SettingsProblem(path.field("commands").element(index).field("command"), .twice))
    }
  }

  /// As contexts carry it.
  package var preferences: GuildPreferences {
    var preferences = GuildPreferences()
    preferences.prefix = prefix
    preferences.language = language.rawValue
    // Checked when it was set; a zone that the system lost since is read as UTC.
    preferences.zone = ZoneRules(named: zone) ?? .utc
    return preferences
  }

  /// The rule of a command, or of the group or first word it belongs to, the longest name first.
  package func rule(for command: String) -> CommandRule? {
    var name = Substring(command)
    while true {
      if let rule = commands.first(where: { $0.command == name }) { return rule }
      guard let space = name.lastIndex(of: " ") else { return nil }
      name = name[..<space]
    }
  }
}

/// What a guild decided about one command, or about all that begin with the same words.
package struct CommandRule: SettingsRecord {
  package var command = "help"
  package var isOn = true
  /// Names of Discord's permissions (`BAN_MEMBERS`); nil leaves what the command asks for, empty asks for none.
  package var permissions: [String]?
  package var allowedRoles: [RoleID] = []
  package var deniedRoles: [RoleID] = []
  package var allowedChannels: [ChannelID] = []
  package var deniedChannels: [ChannelID] = []
  package var allowedUsers: [UserID] = []
  package var deniedUsers: [UserID] = []
  /// nil leaves the command's own.
  package var coolDown: Duration?

  package init() {}

  package static let fields = SettingsFields<CommandRule>(
    .init("command", \.command, .text(1...100)),
    .init("isOn", \.isOn, .toggle),
    .init("permissions", \.permissions, .optional(.unique(.text(1...40), 0...20))),
    .init("allowedRoles", \.allowedRoles, .unique(.role, 0...50)),
    .init("deniedRoles", \.deniedRoles, .unique(.role, 0...50)),
    .init("allowedChannels", \.allowedChannels, .unique(.channel(), 0...50)),
    .init("deniedChannels", \.deniedChannels, .unique(.channel(), 0...50)),
    .init("allowedUsers", \.allowedUsers, .unique(.user, 0...50)),
    .init("deniedUsers", \.deniedUsers, .unique(.user, 0...50)),
    .init("coolDown", \.coolDown, .optional(.duration(.zero ... .seconds(7 * 86_400)))))

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    for (index, name) in (permissions ?? []).enumerated() where Permissions(named: name) == nil {
      problems.append(
        SettingsProblem(
          path.field("permissions").element(index), .notAChoice,
          ["choices": Permissions(rawValue: .max).names.joined(separator: ", ")]))
    }
  }

  /// The permissions it asks for; nil leaves what the command asks for.
  package var requiredPermissions: Permissions? {
    permissions.map { $0.reduce(into: []) { $0.formUnion(Permissions(named: $1) ?? []) } }
  }
}

extension Permissions {
  /// The permission of Discord's name (`BAN_MEMBERS`), in any case; nil when there is none.
  package init?(named name: String) {
    let upper = name.uppercased()
    for bit in 0..<64 {
      let permission = Permissions(rawValue: 1 << UInt64(bit))
      if permission.names == [upper] {
        self = permission
        return
      }
    }
    return nil
  }
}
