// The staff's queue of appeals, and the reminder of those that wait for too long.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import PlatformSchedule
import Resources

/// What the staff can do from an appeal's message.
enum AppealAction: String, Hashable, Sendable, CaseIterable {
  case approve, deny, ask, reopen
}

struct AppealQueue: Sendable {
  static let route = "appeal"

  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  private var store: AppealStore { AppealStore(store: context.store) }

  /// Puts an appeal into the queue, or brings its message there up to date.
  func show(_ appeal: Appeal) async throws {
    let message = try await message(of: appeal)
    if let place = appeal.queueChannel, let known = appeal.queueMessage {
      do {
        _ = try await context.bot.send(.editMessage(known, in: place, MessageEdit(replacingWith: message)))
        return
      } catch  where error.meansGone {
        // Somebody removed it from the queue: it comes again below.
      }
    }
    guard let channel = context.settings.appeals.channel else { return }
    let keyed = context.keyed(by: "appeal/\(appeal.number)/\(appeal.queueMessage.map { "\($0)" } ?? "")")
    do {
      if let sent = try await keyed.effects.send(message, to: channel, as: "queue", priority: .reply) {
        try await store.queued(appeal.number, in: channel, as: sent.id)
      }
    } catch  where error.meansGone || (error as? RESTError)?.kind == .missingPermission {
      // The appeal stands all the same, and the dashboard shows it.
      await context.notify(.problem, "appealChannel", ["channel": "\(channel)"])
    }
  }

  func message(of appeal: Appeal) async throws -> MessageCreate {
    let strings = context.strings
    let entries = try await store.entries(of: appeal.number)
    let record = try await CaseStore(context.store).find(appeal.caseNumber)
    let color =
      switch appeal.status {
      case .open: 0xF0B232
      case .asked: 0x5865F2
      case .approved: 0x23A55A
      case .denied: 0x80848E
      }
    var embed = Embed(
      title: strings(dynamic: "appeal.title", ["number": "\(appeal.number)"]),
      description: entries.first?.text.limited(to: 3_000), color: color, timestamp: appeal.createdAt)
    embed = embed.field(strings["appeal.person"], "<@\(appeal.person)>", inline: true)
    embed = embed.field(
      strings["appeal.case"],
      strings(
        dynamic: "appeal.caseLine",
        [
          "case": "\(appeal.caseNumber)",
          "action": record.map { strings[dynamic: "action.\($0.kind.rawValue)"] } ?? "",
          "reason": Markdown.escaped(record?.reason ?? "").limited(to: 300),
        ]))
    embed = embed.field(
      strings["appeal.status"], strings[dynamic: "appeal.status.\(appeal.status.rawValue)"], inline: true)
    // Room for the last of what was said since; all of it is on the dashboard.
    for entry in entries.dropFirst().suffix(5) {
      let author = entry.author.map { "<@\($0)>" } ?? "–"
      embed = embed.field(
        strings[dynamic: "appeal.entry.\(entry.kind.rawValue)"],
        "\(author): \(entry.text)".limited(to: 400))
    }
    var message = MessageCreate().embed(embed)
    let actions: [AppealAction] = appeal.status.isPending ? [.approve, .deny, .ask] : [.reopen]
    var buttons: [Component] = []
    for action in actions {
      buttons.append(
        .button(
          strings[dynamic: "appeal.action.\(action.rawValue)"],
          id: try await context.componentID(Self.route, "\(appeal.number).\(action.rawValue)"),
          style: action == .approve ? .success : action == .deny ? .danger : .secondary))
    }
    message.components = [.row(buttons)]
    return message
  }
}

/// Reminds the staff of appeals that wait.
enum AppealReminder {
  static let timer = "appeal"

  static func fire(_ context: PluginContext<Moderation>, _ firing: TimerFiring) async throws -> TimerOutcome {
    let store = AppealStore(store: context.store)
    guard let number = Int64(firing.name.key), let appeal = try await store.appeal(number),
      appeal.status.isPending
    else { return .done }
    let next = context.core.host.time.now + context.settings.appeals.answerWithin
    // While it is the person's turn, nobody of the staff is waited for.
    if appeal.status == .open, let channel = appeal.queueChannel ?? context.settings.appeals.channel {
      let link = appeal.queueMessage.map {
        MessageLink(guild: context.guild, channel: channel, message: $0).address()
      }
      do {
        try await context.effects.send(
          MessageCreate(
            context.strings(
              dynamic: "appeal.reminder",
              [
                "number": "\(number)", "time": "\(Mention.timestamp(appeal.createdAt, .relative))",
                "link": link ?? "",
              ])), to: channel, as: "reminder")
      } catch  where error.meansGone || (error as? RESTError)?.kind.isFinal ?? false {
        await context.notify(.warning, "appealChannel", ["channel": "\(channel)"])
      }
    }
    try await store.remind(number, at: next)
    return .again(at: next)
  }
}
