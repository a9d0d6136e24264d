// Acting on a member from the dashboard: the same checks, the same record and the same words as by command.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAccounts
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformText
import Resources
import Vault

/// What can be done on the page of a member, in the order of its buttons.
enum MemberAct: String, CaseIterable {
  case note, warn, timeout, untimeout, kick, ban, unban

  var kind: SanctionKind {
    switch self {
    case .note: .note
    case .warn: .warn
    case .timeout: .timeout
    case .untimeout: .untimeout
    case .kick: .kick
    case .ban: .ban
    case .unban: .unban
    }
  }

  /// Whether it takes a time; of a ban it may be left out.
  var takesDuration: Bool { self == .timeout || self == .ban }
  var isGrave: Bool { self == .kick || self == .ban }
  /// Whether it makes sense for that user now.
  func fits(_ facts: MemberFacts, now: Timestamp) -> Bool {
    switch self {
    case .note, .ban: true
    case .untimeout: facts.timedOutUntil.map { $0 > now } ?? false
    case .unban: facts.isMember != true
    case .warn, .timeout, .kick: facts.isMember != false
    }
  }
}

/// Takes the acts.
enum MemberActs {
  static let reasonLength = 512
  private static let longest = Duration.seconds(3650 * 86_400)

  static func perform(_ visit: GuildVisit, on user: UserID) async throws -> HTTPResponse {
    let (house, form) = (visit.house, visit.visit)
    let back = SafeURL.guild(visit.guild, "members", "\(user)")
    guard let act = form.field("act").flatMap(MemberAct.init), let once = form.field("once"),
      (16...64).contains(once.utf8.count), user.rawValue > 0, user.rawValue <= UInt64(Int64.max)
    else { throw HTTPProblem.badRequest(visit.strings["members.badForm"]) }
    let reason = form.field("reason") ?? ""
    guard reason.unicodeScalars.count <= reasonLength else {
      return try form.refused("members.reasonTooLong", ["limit": "\(reasonLength)"], next: back)
    }
    var duration: Duration?
    if act.takesDuration, let typed = form.field("duration") {
      guard let span = HumanDuration.parse(typed), span >= .seconds(60), span <= longest else {
        return try form.refused("members.duration", ["typed": String(typed.prefix(40))], next: back)
      }
      duration = span
    }
    // The same form sent twice is one act; another person's, or about something else, is another.
    let cause = "web:\(visit.user):\(once)"
    guard let core = try await house.dispatcher.context(of: CorePlugin.id, in: visit.guild, cause: cause)
    else { throw HTTPProblem(.serviceUnavailable, visit.strings["problem.noBot"]) }
    guard let provider = house.catalog.provider(of: Capability<any Sanctioning>.sanctions.name),
      let sanctions = house.dispatcher.capability(Capability<any Sanctioning>.sanctions.name, in: core)
        as? any Sanctioning
    else { throw HTTPProblem.notFound }
    do {
      guard let person = try await person(visit) else { throw HTTPProblem.notFound }
      if let refusal = try await house.dispatcher.refusal(ofUsing: act.rawValue, by: person, in: visit.guild)
      {
        return try refused(refusal, by: provider.id, visit, next: back)
      }
      let sanction = Sanction(
        act.kind, of: user, by: .person(person), because: reason, for: duration)
      switch try await sanctions.apply(sanction, as: "\(act.rawValue):\(user)") {
      case .refused(let refusal): return try refused(refusal, by: provider.id, visit, next: back)
      case .done(let number, nil):
        return try form.done("members.done.\(act.rawValue)", ["case": "\(number)"], next: back)
      case .done(let number, let next?):
        return try form.done("members.escalated", ["case": "\(number)", "next": "\(next)"], next: back)
      }
    } catch is RESTError {
      return try form.refused("members.discord", next: back)
    }
  }

  /// Who acts, as Discord has them at this moment: an old view must let nobody through.
  private static func person(_ visit: GuildVisit) async throws -> Person? {
    guard let member = try await visit.bot.freshMember(visit.user) else { return nil }
    return Person(
      user: visit.user, name: member.displayName ?? visit.account.name, roles: member.roles,
      permissions: visit.bot.permissions(
        of: visit.user, roles: member.roles, timedOutUntil: member.communicationDisabledUntil) ?? [])
  }

  private static func refused(_ refusal: Refusal, by plugin: String, _ visit: GuildVisit, next: SafeURL)
    throws
    -> HTTPResponse
  {
    let sentence = visit.house.dispatcher.sentence(
      refusal.key, refusal.parameters, of: plugin, language: visit.strings.language)
    return try visit.visit.refused(
      "members.refused", ["reason": GuildNames(visit.bot).plain(sentence)], next: next)
  }
}

/// The buttons, each with its dialog.
struct MemberActsCard: HTMLComponent {
  let visit: GuildVisit
  let facts: MemberFacts

  private var strings: StringCatalog { visit.strings }

  func render(into html: inout HTMLWriter) {
    guard let provider = visit.house.catalog.provider(of: Capability<any Sanctioning>.sanctions.name) else {
      return
    }
    html.add(
      Card(strings["acts.title"], subtitle: strings["acts.help"]) { html in
        guard visit.configuration.isEnabled(provider.id) else {
          return html.element(.p, .class("muted"), text: strings["acts.off"])
        }
        let acts = MemberAct.allCases.filter { $0.fits(facts, now: visit.now) }
        html.element(.div, .class("row")) { html in
          for act in acts {
            html.add(
              Button(
                strings[dynamic: "acts.\(act.rawValue)"], kind: act.isGrave ? .danger : .secondary,
                act: .open(id(act))))
          }
        }
        for act in acts { html.add(dialog(act)) }
      })
  }

  private func id(_ act: MemberAct) -> ElementID { ElementID("act-\(act.rawValue)") }

  private func dialog(_ act: MemberAct) -> Dialog {
    // Of this page: sent twice, it is one act.
    let once = Base64URL.encode(SecureRandom.bytes(18))
    return Dialog(
      id(act), title: strings(dynamic: "acts.\(act.rawValue).title", ["name": facts.title]),
      actions: { html in html.add(Button(strings["acts.cancel"], kind: .quiet, act: .closeDialog)) }
    ) { html in
      let target = visit.visit.post(
        .guild(visit.guild, "members", "\(facts.user)", "act"), ("act", act.rawValue), ("once", once))
      html.form(target, .class("stack")) { html in
        if act.isGrave { html.add(Notice(.warning, strings[dynamic: "acts.\(act.rawValue).warning"])) }
        if act.takesDuration {
          html.add(
            TextInput(
              Field(
                "duration", label: strings["acts.duration"], id: id(act).part("duration"),
                help: strings[dynamic: "acts.\(act.rawValue).duration"], isRequired: act == .timeout),
              .text(maximum: 40), placeholder: strings["acts.duration.example"]))
        }
        html.add(
          TextArea(
            Field(
              "reason", label: strings[act == .note ? "acts.note.text" : "acts.reason"],
              id: id(act).part("reason"), isRequired: act == .note), maximum: MemberActs.reasonLength, rows: 3
          ))
        html.element(.div, .class("row")) { html in
          html.add(
            Button(
              strings[dynamic: "acts.\(act.rawValue).do"], kind: act.isGrave ? .danger : .primary,
              act: .submit()))
        }
      }
    }
  }
}
