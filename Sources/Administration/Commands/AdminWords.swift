// The words of a command line, taken one after the other.

import DiscordCore
import PlatformAccess
import SandboxContract
import SandboxData

/// Words and options. Options may stand anywhere; after `--` everything is a word.
struct AdminWords {
  private(set) var words: ArraySlice<String>
  private(set) var options = AdminOptions()
  /// Which options were given, to refuse those that say nothing here.
  private(set) var given: [AdminOption] = []
  private(set) var wantsHelp = false

  init(_ arguments: [String]) throws(AdminFailure) {
    var words: [String] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--" {
        words += rest
        break
      }
      guard word.hasPrefix("--") || word == "-h", word.count > 1 else {
        words.append(word)
        continue
      }
      if ["--help", "-h"].contains(word) {
        wantsHelp = true
        continue
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let option = parts.first.flatMap({ AdminOption(rawValue: String($0)) }) else {
        throw .usage(
          "there is no option \(word); what begins with -- and is meant goes after a -- of its own")
      }
      var value = parts.count > 1 ? String(parts[1]) : nil
      if option.takesValue, value == nil { value = rest.popFirst() }
      try option.set(value, &options)
      given.append(option)
    }
    self.words = words[...]
  }

  /// Takes these words off the beginning, if they stand there.
  mutating func take(_ prefix: [String]) -> Bool {
    guard words.starts(with: prefix) else { return false }
    words = words.dropFirst(prefix.count)
    return true
  }

  mutating func optional() -> String? { words.popFirst() }

  mutating func required(_ name: String) throws(AdminFailure) -> String {
    guard let word = words.popFirst() else { throw .usage("\(name) is missing") }
    return word
  }

  /// Everything that is left, with spaces between.
  mutating func rest(_ name: String) throws(AdminFailure) -> String {
    guard !words.isEmpty else { throw .usage("\(name) is missing") }
    defer { words = [] }
    return words.joined(separator: " ")
  }

  mutating func guild() throws(AdminFailure) -> GuildID {
    try Self.guild(try required("GUILD"))
  }

  static func guild(_ word: String) throws(AdminFailure) -> GuildID { try id(word, "GUILD", "a server") }

  mutating func optionalGuild() throws(AdminFailure) -> GuildID? {
    guard let word = optional() else { return nil }
    return try Self.guild(word)
  }

  mutating func user(_ name: String = "USER", _ what: String = "a person") throws(AdminFailure) -> UserID {
    try Self.id(try required(name), name, what)
  }

  mutating func optionalUser() throws(AdminFailure) -> UserID? {
    guard let word = optional() else { return nil }
    return try Self.id(word, "USER", "a person")
  }

  /// `ID`, `user:ID` or `role:ID`.
  mutating func subject() throws(AdminFailure) -> AccessGrant.Subject {
    let word = try required("USER")
    if word.hasPrefix("role:") { return .role(try Self.id(word.dropFirst(5), "role:ID", "a role")) }
    let digits = word.hasPrefix("user:") ? word.dropFirst(5) : word[...]
    return .user(try Self.id(digits, "USER", "a person"))
  }

  mutating func accessRole() throws(AdminFailure) -> AccessRole {
    let word = try required("ROLE")
    guard let role = AccessRole(name: word) else {
      throw .usage("ROLE is one of \(AccessRole.allCases.map(\.name).joined(separator: ", "))")
    }
    return role
  }

  /// A number of requests a minute.
  static func requests(_ word: String) throws(AdminFailure) -> Int {
    guard let number = Int(word), RequestLimits.bounds.contains(number) else {
      throw .usage(
        "REQUESTS is a number from \(RequestLimits.bounds.lowerBound) to \(RequestLimits.bounds.upperBound), or default"
      )
    }
    return number
  }

  private static func id<Entity>(_ word: some StringProtocol, _ name: String, _ what: String)
    throws(AdminFailure) -> Snowflake<Entity>
  {
    // 0 stands for nobody: everything that was made anonymous has it.
    guard let id = Snowflake<Entity>(word), id.rawValue != 0, id.rawValue <= UInt64(Int64.max) else {
      throw .usage("\(name) takes the id of \(what): digits, as Discord shows them in developer mode")
    }
    return id
  }
}

/// An option by its name.
enum AdminOption: String, CaseIterable, Sendable {
  case json, yes, also, all, limit, offset, before, action, allow, deny, domains, privacy, host

  var takesValue: Bool { ![.json, .yes, .also, .all].contains(self) }

  /// As help lists it.
  var usage: String {
    switch self {
    case .limit, .offset, .before: "--\(rawValue) NUMBER"
    case .action: "--\(rawValue) ACTION"
    case .allow, .deny, .domains: "--\(rawValue) LIST"
    case .privacy: "--\(rawValue) MODE"
    case .host: "--\(rawValue) HOST"
    default: "--\(rawValue)"
    }
  }

  var summary: String {
    switch self {
    case .json: "answer as JSON"
    case .yes: "do it without asking once more"
    case .also: "the bot serves its other servers as before"
    case .all: "also what was dismissed"
    case .limit: "how many entries, 1 to 100; 50 unless said"
    case .offset: "how many of the newest to leave out"
    case .before: "only entries before that number: the last one of the page before"
    case .action: "only that action, or with a trailing dot all that begin with it"
    case .allow: "grant these capabilities: names with commas, or all"
    case .deny: "grant all but these"
    case .domains: "of the web addresses it asks for, only these; or none"
    case .privacy: "whether it may read what people write: full or metadata"
    case .host: "the value goes with requests to this host and those beneath it, and the plugin never sees it"
    }
  }

  fileprivate func set(_ value: String?, _ options: inout AdminOptions) throws(AdminFailure) {
    guard takesValue == (value != nil) else {
      throw .usage(takesValue ? "--\(rawValue) takes a value" : "--\(rawValue) takes no value")
    }
    switch self {
    case .json: options.wantsJSON = true
    case .yes: options.isConfirmed = true
    case .also: options.alsoServes = true
    case .all: options.includesAll = true
    case .limit:
      guard let limit = value.flatMap({ Int($0) }), (1...100).contains(limit) else {
        throw .usage("--limit takes a number from 1 to 100")
      }
      options.limit = limit
    case .offset:
      guard let offset = value.flatMap({ Int($0) }), (0...1_000_000_000).contains(offset) else {
        throw .usage("--offset takes a number")
      }
      options.offset = offset
    case .before:
      guard let number = value.flatMap({ Int64($0) }), number > 0 else {
        throw .usage("--before takes the number of an entry")
      }
      options.before = number
    case .action: options.action = value
    case .allow where value == "all": options.grants.allowsAll = true
    case .allow: options.grants.allowed.formUnion(try Self.capabilities(value))
    case .deny: options.grants.denied.formUnion(try Self.capabilities(value))
    case .domains:
      options.grants.domains = value == "none" ? [] : value?.split(separator: ",").map { $0.lowercased() }
    case .host: options.host = value?.lowercased()
    case .privacy:
      guard let mode = value.flatMap({ GuestPrivacy(rawValue: $0) }) else {
        throw .usage("--privacy is one of \(GuestPrivacy.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      options.grants.privacy = mode
    }
  }

  private static func capabilities(_ list: String?) throws(AdminFailure) -> Set<GuestCapability> {
    var capabilities: Set<GuestCapability> = []
    for name in (list ?? "").split(separator: ",") {
      guard let capability = GuestCapability(rawValue: String(name)) else {
        let all = GuestCapability.allCases.map(\.rawValue).sorted().joined(separator: ", ")
        throw .usage("there is no capability '\(name)'; there are \(all)")
      }
      capabilities.insert(capability)
    }
    return capabilities
  }
}
