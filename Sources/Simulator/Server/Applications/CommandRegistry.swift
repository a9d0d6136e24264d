// The commands of all applications, and who may use them.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

/// A command as it is kept and answered.
struct RegisteredCommand: Sendable {
  let id: ApplicationCommandID
  let application: ApplicationID
  let guild: GuildID?
  /// A new one with each change.
  var version: ApplicationCommandID
  /// What the maker said, checked and with its defaults.
  var fields: JSONObject

  var name: String { fields["name"]?.string ?? "" }
  var type: Int64 { fields["type"]?.int64 ?? 1 }
  /// Nil: everybody.
  var defaultPermissions: Permissions? {
    (fields["default_member_permissions"]?.string).flatMap { Permissions($0) }
  }
  var options: [JSONValue] { fields["options"]?.array ?? [] }

  /// In Discord's shape. Localizations are given only where asked for.
  func json(withLocalizations: Bool = true) -> JSONValue {
    var json = Fields()
    json.put("id", id)
    json.put("application_id", application)
    if let guild { json.put("guild_id", guild) }
    json.put("version", version)
    for field in fields.fields where withLocalizations || !field.key.hasSuffix("_localizations") {
      json.put(field.key, field.value)
    }
    return json.value
  }
}

/// Where commands live: an application's global ones, or those of one guild.
struct CommandScope: Hashable, Sendable {
  var application: ApplicationID
  var guild: GuildID?
}

/// Who may use a command in a guild, beyond what the command says.
struct CommandPermission: Sendable, Hashable {
  enum Kind: Int, Sendable { case role = 1, user = 2, channel = 3 }

  var id: UInt64
  var kind: Kind
  var isAllowed: Bool

  var json: JSONValue {
    ["id": .string(String(id)), "type": .integer(Int64(kind.rawValue)), "permission": .bool(isAllowed)]
  }
}

/// Every registered command. A value: what it is told is checked before it changes.
struct CommandRegistry: Sendable {
  private struct Creates {
    var count = 0
    var windowEnds: Timestamp
  }

  private var commands: [CommandScope: [RegisteredCommand]] = [:]
  private var creates: [CommandScope: Creates] = [:]
  /// By guild and by command, or by application for all of its commands.
  private var permissions: [GuildID: [UInt64: [CommandPermission]]] = [:]

  init() {}

  func commands(in scope: CommandScope) -> [RegisteredCommand] { commands[scope] ?? [] }

  /// The command.
  ///
  /// - Throws: 10063.
  func command(_ id: ApplicationCommandID, in scope: CommandScope) throws(RESTFailure) -> RegisteredCommand {
    guard let command = commands[scope]?.first(where: { $0.id == id }) else {
      throw .unknown(.applicationCommand)
    }
    return command
  }

  /// The command of that id, global or of that guild.
  func command(_ id: ApplicationCommandID, of application: ApplicationID, usableIn guild: GuildID?)
    -> RegisteredCommand?
  {
    let scopes = [
      CommandScope(application: application, guild: guild), CommandScope(application: application),
    ]
    return scopes.lazy.compactMap { self.commands[$0]?.first { $0.id == id } }.first
  }

  /// Adds a command, or replaces the one of that name and kind.
  ///
  /// - Returns: the command, and whether it is new.
  /// - Throws: 50035; 30032 when there are too many, 30034 when too many were made today.
  mutating func upsert(
    _ body: JSONValue, in scope: CommandScope, at now: Timestamp, newID: () -> ApplicationCommandID
  ) throws(RESTFailure) -> (command: RegisteredCommand, isNew: Bool) {
    let draft = CommandDraft(body, isGlobal: scope.guild == nil)
    guard draft.errors.isEmpty else { throw draft.errors.failure }
    let name = draft.fields["name"]?.string ?? ""
    if let index = commands[scope]?.firstIndex(where: { $0.name == name && $0.type == draft.type }) {
      commands[scope]?[index].fields = draft.fields
      commands[scope]?[index].version = newID()
      return (commands(in: scope)[index], false)
    }
    try checkRoom(for: [draft.type], in: scope, besides: commands(in: scope))
    try countCreates(1, in: scope, at: now)
    let id = newID()
    let command = RegisteredCommand(
      id: id, application: scope.application, guild: scope.guild, version: id, fields: draft.fields)
    commands[scope, default: []].append(command)
    return (command, true)
  }

  /// Changes some fields of a command.
  ///
  /// - Throws: 10063, 50035.
  mutating func edit(
    _ id: ApplicationCommandID, _ body: JSONValue, in scope: CommandScope, newID: () -> ApplicationCommandID
  ) throws(RESTFailure) -> RegisteredCommand {
    let old = try command(id, in: scope)
    var draft = CommandDraft(body, previous: .object(old.fields), isGlobal: scope.guild == nil)
    let name = draft.fields["name"]?.string ?? ""
    let others = commands(in: scope).filter { $0.id != id }
    if others.contains(where: { $0.name == name && $0.type == draft.type }) { draft.refuseDuplicate() }
    guard draft.errors.isEmpty else { throw draft.errors.failure }
    guard let index = commands[scope]?.firstIndex(where: { $0.id == id }) else {
      throw .unknown(.applicationCommand)
    }
    commands[scope]?[index].fields = draft.fields
    commands[scope]?[index].version = newID()
    return commands(in: scope)[index]
  }

  /// Takes a command away.
  ///
  /// - Throws: 10063.
  mutating func delete(_ id: ApplicationCommandID, in scope: CommandScope) throws(RESTFailure) {
    _ = try command(id, in: scope)
    commands[scope]?.removeAll { $0.id == id }
    for guild in permissions.keys { permissions[guild]?[id.rawValue] = nil }
  }

  /// Replaces all commands of a scope; those of the same name and kind keep their ids.
  ///
  /// - Throws: 50035, 30032, 30034.
  mutating func overwrite(
    _ bodies: [JSONValue], in scope: CommandScope, at now: Timestamp, newID: () -> ApplicationCommandID
  ) throws(RESTFailure) -> [RegisteredCommand] {
    guard bodies.count <= CommandLimits.bulk else {
      throw .invalid(code: "BASE_TYPE_MAX_LENGTH", "Must be \(CommandLimits.bulk) or fewer in length.")
    }
    var errors = FormErrors()
    var drafts: [CommandDraft] = []
    var seen: Set<String> = []
    for (index, body) in bodies.enumerated() {
      var draft = CommandDraft(body, isGlobal: scope.guild == nil, path: [String(index)])
      let key = "\(draft.type) \(draft.fields["name"]?.string ?? "")"
      if !seen.insert(key).inserted { draft.refuseDuplicate(path: [String(index)]) }
      errors.append(draft.errors)
      drafts.append(draft)
    }
    guard errors.isEmpty else { throw errors.failure }
    try checkRoom(for: drafts.map(\.type), in: scope, besides: [])
    let old = commands(in: scope)
    func previous(_ draft: CommandDraft) -> RegisteredCommand? {
      old.first { $0.type == draft.type && $0.name == draft.fields["name"]?.string }
    }
    try countCreates(drafts.count { previous($0) == nil }, in: scope, at: now)
    let new = drafts.map { draft -> RegisteredCommand in
      guard var kept = previous(draft) else {
        let id = newID()
        return RegisteredCommand(
          id: id, application: scope.application, guild: scope.guild, version: id, fields: draft.fields)
      }
      if kept.fields != draft.fields { kept.version = newID() }
      kept.fields = draft.fields
      return kept
    }
    commands[scope] = new
    return new
  }

  private func checkRoom(for types: [Int64], in scope: CommandScope, besides others: [RegisteredCommand])
    throws(RESTFailure)
  {
    for (type, limit) in [
      (Int64(1), CommandLimits.chatInput), (2, CommandLimits.user), (3, CommandLimits.message), (4, 1),
    ] {
      let count = others.count { $0.type == type } + types.count { $0 == type }
      guard count <= limit || !types.contains(type) else {
        throw .maximumReached(30032, "application commands", limit)
      }
    }
  }

  private mutating func countCreates(_ count: Int, in scope: CommandScope, at now: Timestamp)
    throws(RESTFailure)
  {
    guard count > 0 else { return }
    var window =
      creates[scope].flatMap { $0.windowEnds > now ? $0 : nil } ?? Creates(windowEnds: now + .seconds(86_400))
    guard window.count + count <= CommandLimits.createsPerDay else {
      throw RESTFailure(
        status: 429, code: 30034,
        message:
          "Max number of daily application command creates has been reached (\(CommandLimits.createsPerDay))")
    }
    window.count += count
    creates[scope] = window
  }

  // MARK: Permissions

  /// The overwrites of a command, or of an application, in a guild.
  func permissions(of id: UInt64, in guild: GuildID) -> [CommandPermission]? { permissions[guild]?[id] }

  mutating func setPermissions(_ list: [CommandPermission], of id: UInt64, in guild: GuildID) {
    permissions[guild, default: [:]][id] = list
  }

  /// Forgets what belongs to an application in a guild: its bot has left.
  mutating func leave(_ guild: GuildID, _ application: ApplicationID) {
    commands[CommandScope(application: application, guild: guild)] = nil
    permissions[guild]?[application.rawValue] = nil
  }
}

extension CommandDraft {
  /// Says that there is another command of that name.
  mutating func refuseDuplicate(path: [String] = []) {
    refuse(path, "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
  }
}
