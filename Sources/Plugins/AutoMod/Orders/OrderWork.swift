// One order at Discord, and what its refusals mean.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import Resources

struct OrderWork: Sendable {
  let context: PluginContext<AutoMod>
  let priority: EgressPriority?

  // MARK: Messages

  /// Deletes messages of one channel, at most a hundred.
  func delete(_ orders: [Order], in channel: ChannelID) async -> [OrderResult] {
    let messages = orders.compactMap { if case .delete(let place) = $0.work { place.message } else { nil } }
    guard messages.count > 1 else {
      var results: [OrderResult] = []
      for order in orders { results.append(await deleteOne(order, in: channel)) }
      return results
    }
    let reason = context.strings["audit.delete"]
    do {
      _ = try await context.bot.send(
        .bulkDeleteMessages(messages, in: channel, reason: reason), priority: priority,
        deadline: .seconds(5))
      return orders.map { OrderResult(order: $0, outcome: .done) }
    } catch let error as RESTError where error.discordCode == .bulkDeleteTooOld {
      var results: [OrderResult] = []
      for order in orders { results.append(await deleteOne(order, in: channel)) }
      return results
    } catch {
      let outcome = await outcome(of: error, orders[0], "cannotDelete", ["channel": "<#\(channel)>"])
      return orders.map { OrderResult(order: $0, outcome: outcome) }
    }
  }

  private func deleteOne(_ order: Order, in channel: ChannelID) async -> OrderResult {
    guard case .delete(let place) = order.work else { return OrderResult(order: order, outcome: .done) }
    do {
      _ = try await context.bot.send(
        .deleteMessage(place.message, in: channel, reason: context.strings["audit.delete"]),
        priority: priority, deadline: .seconds(5))
      return OrderResult(order: order, outcome: .done)
    } catch {
      return OrderResult(
        order: order, outcome: await outcome(of: error, order, "cannotDelete", ["channel": "<#\(channel)>"]))
    }
  }

  // MARK: Members

  /// Takes a measure.
  func sanction(_ order: Order) async -> OrderResult {
    guard case .sanction(let work) = order.work else { return OrderResult(order: order, outcome: .done) }
    var sanction = Sanction(
      work.kind, of: order.member, by: .automatic(plugin: AutoMod.id, rule: work.rule),
      because: work.reason, for: work.seconds.map { .seconds($0) })
    sanction.points = work.points
    if work.tells { sanction.notifies = true }
    sanction.message = work.message.map {
      MessageLinkEvidence(channel: $0.channel, message: $0.message, content: work.content)
    }
    do {
      let keyed = context.keyed(by: order.cause, about: order.member)
      let outcome = try await keyed.capability(.sanctions).apply(sanction, as: order.key)
      if case .refused(let refusal) = outcome, refusal.key == "refusal.guildUnknown" {
        // The bot has only just started: what is not known yet is no answer.
        return OrderResult(order: order, outcome: .later(.seconds(1)))
      }
      return OrderResult(order: order, outcome: .done)
    } catch {
      return OrderResult(order: order, outcome: await outcome(of: error, order, "cannotSanction", [:]))
    }
  }

  // MARK: Words

  /// Tells the member, or the log.
  func say(_ order: Order) async -> OrderResult {
    let keyed = context.keyed(by: order.cause, about: order.member)
    do {
      switch order.work {
      case .tell(let text):
        _ = try await keyed.effects.sendDirect(MessageCreate(text), to: order.member, as: order.key)
      case .log(let entry):
        let embed = Embed(
          title: entry.title, description: entry.text, color: 0xF0B132, timestamp: context.now)
        try await keyed.effects.send(
          MessageCreate().embed(embed), to: entry.channel, as: order.key, priority: .reply)
      case .delete, .sanction: break
      }
      return OrderResult(order: order, outcome: .done)
    } catch {
      var parameters: [String: String] = [:]
      if case .log(let entry) = order.work { parameters["channel"] = "<#\(entry.channel)>" }
      return OrderResult(order: order, outcome: await outcome(of: error, order, "cannotLog", parameters))
    }
  }

  // MARK: Refusals

  /// What a failure means for an order: done already, later, or never; what can never be is told to the owners once.
  private func outcome(
    of error: any Error, _ order: Order, _ key: String, _ parameters: [String: String]
  ) async -> OrderResult.Outcome {
    let pause = Duration.seconds(min(1 << min(order.attempts, 6), 60))
    guard let error = error as? RESTError else {
      if error is PluginMistake {
        context.why(.failed, key, parameters, about: WhySubject(member: order.member))
        return .done
      }
      return .later(pause)
    }
    switch error.kind {
    case .retry(let after): return .refusedForNow(max(after, .milliseconds(250)))
    case .unavailable, .operatorAction, .cancelled: return .later(pause)
    case .gone, .alreadyDone, .unreachable: return .done
    case .missingPermission:
      context.why(.missingPermission, key, parameters, about: WhySubject(member: order.member))
      await context.notify(.warning, key, parameters)
      return .done
    case .userMistake, .bug:
      context.why(.refused, key, parameters, about: WhySubject(member: order.member))
      return .done
    }
  }
}
