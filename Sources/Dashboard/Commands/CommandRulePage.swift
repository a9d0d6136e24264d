// One command: how it is used, and what the guild decided about it.

import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformCommands
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import PlatformText
import Resources

/// `/g/{guild}/commands/{command}`.
struct CommandRulePage: Sendable {
  /// The rule that the form was made from, to see whether somebody else changed it meanwhile.
  static let beforeField = "before"

  let visit: GuildVisit
  let declaration: CommandDeclaration
  let place: PluginPlace

  init(_ visit: GuildVisit, _ declaration: CommandDeclaration, _ place: PluginPlace) {
    (self.visit, self.declaration, self.place) = (visit, declaration, place)
  }

  /// - Throws: `HTTPProblem` 404 for a command that is not there.
  init(_ visit: GuildVisit, _ name: String) throws {
    guard let command = visit.house.catalog.command(name), command.declaration.name == name,
      let unit = visit.house.catalog[command.plugin]
    else { throw HTTPProblem.notFound }
    self.init(visit, command.declaration, PluginPlace(visit, unit))
  }

  var strings: StringCatalog { visit.strings }
  var name: String { declaration.name }
  var link: SafeURL { .guild(visit.guild, "commands", name) }
  var list: SafeURL { .guild(visit.guild, "commands") }
  var isNeeded: Bool { CoreSettings.neededCommands.contains(name) }

  var core: CoreSettings { visit.configuration.settings(CoreSettings.self, of: CorePlugin.id) }
  /// What is decided about this very command; one that says nothing when nothing is.
  var rule: CommandRule {
    var empty = CommandRule()
    empty.command = name
    return core.commands.first { $0.command == name } ?? empty
  }

  /// The fields of the form: all but whose rule it is; what is always on has no switch.
  var fields: [SettingsFieldDescription] {
    CommandRule.fields.descriptions.filter { $0.name != "command" && !($0.name == "isOn" && isNeeded) }
  }

  /// The core's words about rules, as the words of a form of its own.
  private var words: SettingsWords {
    let core = visit.house.catalog.strings(of: CorePlugin.id, language: strings.language)
    let prefix = "settings.commands."
    var own: [String: String] = [:]
    for key in core.keys where key.hasPrefix(prefix) {
      own["settings." + key.dropFirst(prefix.count)] = core[dynamic: key]
    }
    return SettingsWords(
      plugin: StringCatalog(language: core.language, sentences: own), core: core, page: strings)
  }

  // MARK: Showing

  struct State {
    var document: JSONValue
    var before: JSONValue
    var problems: [SettingsProblem] = []
    var typed: [String: String] = [:]
    var isUnsaved = false
    var isConflict = false
    var status = HTTPStatus.ok
  }

  func show() throws -> HTTPResponse {
    try page(State(document: rule.document, before: rule.document))
  }

  func page(_ state: State) throws -> HTTPResponse {
    var head = PageHead(name, section: "commands", lead: place.own.sentence("command.\(name)"))
    head.trail = [(strings["nav.commands"], list)]
    head.status = state.status
    let before = String(decoding: try state.before.encoded(), as: UTF8.self)
    return try visit.visit.stackedPage(
      head, actions: { html in toggle(rule.isOn, next: link, &html) }
    ) { html in
      if state.isConflict {
        html.add(
          Notice(.warning, strings["commands.conflict"]) { html in
            html.add(
              SettingsDifferenceView(
                SettingsDifference.between(state.before, state.document, fields), fields: fields,
                words: words, choices: visit.choices))
            html.element(.p) { html in
              html.element(.a, .href(link), text: strings["plugins.conflict.drop"])
            }
          })
      }
      usage(&html)
      inherited(&html)
      let form = SettingsForm(
        fields: fields, document: state.document, problems: state.problems, typed: state.typed, words: words,
        choices: visit.choices, isReadOnly: !place.mayChange)
      html.element(.h2, text: strings["commands.rule.title"])
      if place.mayChange {
        html.add(
          DraftForm(
            ElementID("rule"), visit.visit.post(link, (Self.beforeField, before)),
            isUnsaved: state.isUnsaved
          ) { html in html.add(form) })
      } else {
        html.add(form)
      }
    }
  }

  private func usage(_ html: inout HTMLWriter) {
    let prefix = core.prefix
    var entries: [(name: String, value: HTMLContent)] = [
      (strings["commands.plugin"], { $0.element(.a, .href(place.link()), text: place.name) }),
      (strings["commands.usage"], { $0.element(.code, text: prefix + declaration.usage) }),
    ]
    if !declaration.options.isEmpty {
      entries.append(
        (
          strings["commands.options"],
          { html in
            html.element(.ul, .class("plain")) { html in
              for option in declaration.options {
                html.element(.li) { html in
                  html.element(.code, text: option.name)
                  html.text(" ")
                  html.text(place.own.sentence("command.\(name).\(option.name)") ?? "")
                }
              }
            }
          }
        ))
    }
    if let examples = place.own.sentence("command.\(name).examples") {
      entries.append(
        (
          strings["commands.examples"],
          { html in
            html.element(.ul, .class("plain")) { html in
              for line in examples.split(separator: "\n") {
                html.element(.li) { html in html.element(.code, text: prefix + line) }
              }
            }
          }
        ))
    }
    if !declaration.aliases.isEmpty {
      entries.append((strings["commands.aliases"], { $0.text(declaration.aliases.joined(separator: ", ")) }))
    }
    entries.append(
      (
        strings["commands.asks"],
        { html in
          html.text(
            declaration.permission.map { PluginNeeds.words($0.names) } ?? strings["commands.everyone"])
        }
      ))
    if declaration.coolDown > .zero {
      entries.append((strings["commands.coolDown"], { $0.text(HumanDuration.format(declaration.coolDown)) }))
    }
    html.add(Card(strings["commands.about"]) { html in html.add(DefinitionList(entries)) })
  }

  /// A rule of the words it begins with holds as long as it has none of its own.
  private func inherited(_ html: inout HTMLWriter) {
    guard let found = core.rule(for: name), found.command != name else { return }
    html.add(Notice(.info, strings("commands.inherited", ["command": found.command])))
  }

  /// The switch, for managers; what it stands at, for others.
  func toggle(_ isOn: Bool, next: SafeURL, _ html: inout HTMLWriter) {
    if isNeeded {
      html.add(Badge(strings["plugins.alwaysOn"], .info))
    } else if place.mayChange {
      html.add(
        SwitchForm(
          visit.visit.post(.guild(visit.guild, "commands", name, "switch"), ("next", next.description)),
          Field(
            "on", label: strings["plugins.on"], id: ElementID("switch-\(name.replacing(" ", with: "-"))")),
          isOn: isOn))
    } else {
      html.add(Badge(strings[dynamic: isOn ? "plugins.on" : "plugins.off"], isOn ? .success : .neutral))
    }
  }

  /// What a rule says, in a few words.
  static func summary(_ rule: CommandRule?, _ declaration: CommandDeclaration, _ strings: StringCatalog)
    -> String
  {
    var parts: [String] = []
    func add(_ key: String, _ count: Int) {
      if count > 0 { parts.append(strings(dynamic: "commands.summary.\(key)", ["count": "\(count)"])) }
    }
    if let rule {
      add("roles", rule.allowedRoles.count + rule.allowedUsers.count)
      add("denied", rule.deniedRoles.count + rule.deniedUsers.count)
      add("channels", rule.allowedChannels.count)
      add("deniedChannels", rule.deniedChannels.count)
    }
    let pause = rule?.coolDown ?? declaration.coolDown
    if pause > .zero {
      parts.append(strings(dynamic: "commands.summary.pause", ["pause": HumanDuration.format(pause)]))
    }
    return parts.isEmpty ? "–" : parts.joined(separator: ", ")
  }
}
