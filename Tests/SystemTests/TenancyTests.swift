// One server's things in another server's hands: refused, whatever it is. Generated from the declarations, so that what
// is added tomorrow is tested tomorrow.

import Assembly
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import HTTPTypes
import JSON
import PlatformCommands
import PlatformDispatch
import PlatformPlugins
import PlatformTenancy
import PluginTestKit
import SQL
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Testing

/// Every plugin but the core, which the stage brings.
private let plugins = Array(builtInPlugins.dropFirst())

@Suite(.timeLimit(.minutes(10)), .serialized) struct TenancyTests {
  private static let here = Tenant(GuildID(1_111))
  private static let there = Tenant(GuildID(2_222))

  // MARK: Tables

  @Test(arguments: Engine.allCases)
  func `a row of one server cannot be seen, changed, deleted or forged through another's handle`(
    _ engine: Engine
  ) async throws {
    let schema = Schema.installation()
    let tables = schema.tables(.guild)
    #expect(tables.count > 10)
    try await withInstallation(engine) { installation in
      try await installation.run(schema: schema) { storage in
        let (ours, theirs) = (storage.guild(Self.here), storage.guild(Self.there))
        _ = try await (ours.key(), theirs.key())
        for table in tables {
          try await ours.execute(Self.insertion(into: table, variant: 1))
          let count: SQL = "SELECT COUNT(*) FROM \(unescaped: table.name) WHERE guild_id > 0"
          #expect(try await theirs.rows(count).first?.get(0, as: Int64.self) == 0, "\(table.name) is seen")
          #expect(
            try await theirs.execute(
              "UPDATE \(unescaped: table.name) SET guild_id = guild_id WHERE guild_id = \(Self.here.id)") == 0
          )
          #expect(
            try await theirs.execute("DELETE FROM \(unescaped: table.name) WHERE guild_id = \(Self.here.id)")
              == 0)
          // Forged through the other's handle, it is refused, or lies where only the forger looks.
          _ = try? await theirs.execute(Self.insertion(into: table, variant: 2))
          #expect(try await ours.rows(count).first?.get(0, as: Int64.self) == 1, "\(table.name) is forged")
        }
      }
    }
  }

  /// A row that says it is of `here`.
  private static func insertion(into table: Table, variant: Int64) -> SQL {
    let values = table.columns.map { column -> SQLValue in
      if column.name == "guild_id" { return .integer(here.id) }
      switch column.kind {
      case .integer: return .integer(variant)
      case .double: return .double(Double(variant))
      case .boolean: return .boolean(true)
      case .text: return .text("t\(variant)")
      case .blob: return .blob([UInt8(variant)])
      }
    }
    let names = table.columns.map(\.name).joined(separator: ", ")
    let places = (1...values.count).map { "$\($0)" }.joined(separator: ", ")
    return SQL(unescaped: "INSERT INTO \(table.name) (\(names)) VALUES (\(places))", parameters: values)
  }

  // MARK: Commands

  @Test func `a channel or role of another server is refused by every command that takes one`() async throws {
    try await PluginStage.run(plugins) { stage in
      await stage.simulator.limitsREST(false)
      for unit in plugins { try await stage.enable(unit.id) }
      let foreign = try await stage.simulator.withWorld { world in
        let owner = world.makeUser("stranger").id
        let guild = world.makeGuild("Elsewhere", owner: owner)
        let channel = try world.createChannel(
          in: guild.id, by: owner, body: ["name": "x", "type": 0], reason: nil
        ).id
        let role = try world.createRole(in: guild.id, by: owner, body: ["name": "y"], reason: nil).id
        return (channel: channel, role: role)
      }
      var tried = 0
      for unit in stage.dispatcher.units {
        for command in unit.commands {
          let options = command.declaration.options
          for (index, option) in options.enumerated() {
            let typed: String
            switch option.kind {
            case .channel: typed = "<#\(foreign.channel)>"
            case .role: typed = "<@&\(foreign.role)>"
            default: continue
            }
            // What must come before it; what need not is left out, and named options find their place by name.
            let before = options[..<index].filter(\.isRequired).map { Self.sample($0.kind, stage) }
            let after = options[(index + 1)...].filter(\.isRequired).map { Self.sample($0.kind, stage) }
            let words = before + (option.isRequired ? [typed] : ["--\(option.name) \(typed)"]) + after
            let message = try await stage.say(
              ".\(command.declaration.name) \(words.joined(separator: " "))", as: stage.owner)
            try await stage.eventually("\(command.declaration.name) \(option.name) is refused") {
              try await stage.messages().contains { answer in
                answer["message_reference"]?["message_id"]?.snowflake == message.rawValue
                  && PluginStage.text(answer).contains("not of this server")
              }
            }
            tried += 1
          }
        }
      }
      #expect(tried > 5)
    }
  }

  private static func sample(_ kind: CommandParameterKind, _ stage: PluginStage) -> String {
    switch kind {
    case .text(let lengths), .rest(let lengths): String(repeating: "x", count: max(1, lengths.lowerBound))
    case .integer(let bounds): "\(bounds.lowerBound)"
    case .number(let bounds): "\(bounds.lowerBound)"
    case .toggle: ""
    case .user, .users: "<@\(stage.member)>"
    case .role: "<@&\(stage.guild)>"
    case .channel: "<#\(stage.channel)>"
    case .duration(let bounds): "\(max(1, bounds.lowerBound.components.seconds))s"
    case .choice(let words): words[0]
    }
  }

  // MARK: Components

  @Test func `a component's or form's state of another server is refused on every route`() async throws {
    try await PluginStage.run(plugins) { stage in
      let own = try await stage.dispatcher.signer(of: stage.guild)
      let other = try await stage.dispatcher.signer(of: GuildID(4_242))
      var tried = 0
      for unit in stage.dispatcher.units {
        for route in Array(unit.components.keys) + Array(unit.modals.keys) {
          let state = ComponentState(plugin: unit.id, route: route, state: "1")
          let forged = try #require(other.customID(state))
          #expect(own.read(forged) == nil, "\(unit.id):\(route)")
          #expect(try own.read(#require(own.customID(state))) == state)
          tried += 1
        }
      }
      #expect(tried > 5)
    }
  }

  // MARK: Calls

  @Test func `a plugin's call about another server, or a channel of one, is not sent`() async throws {
    try await PluginStage.run([]) { stage in
      let foreign = try await stage.simulator.withWorld { world in
        let owner = world.makeUser("stranger").id
        let guild = world.makeGuild("Elsewhere", owner: owner)
        let channel = try world.createChannel(
          in: guild.id, by: owner, body: ["name": "x", "type": 0], reason: nil
        ).id
        return (guild: guild.id, channel: channel)
      }
      let bot = try await stage.context(CorePlugin.self).bot
      await #expect(throws: PluginMistake.foreignGuild) {
        try await bot.send(.removeBan(of: stage.member, in: foreign.guild))
      }
      await #expect(throws: PluginMistake.foreignGuild) {
        try await bot.send(.createMessage(MessageCreate("hello"), in: foreign.channel))
      }
    }
  }
}
