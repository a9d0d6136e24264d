// A card for somebody, if there is time for it.

import Cards
import DiscordCore
import PlatformPlugins

/// Draws the cards of greetings. A card that does not come is no reason for a greeting not to come.
enum CardDesk {
  /// With so many waiting for a thread, a message goes without its card rather than late.
  private static let mostWaiting = 24

  /// The card, or nil where the house is busy or the card cannot be drawn; why is on record.
  static func card(
    for greeting: GreetingMessage, _ settings: GreetingSettings, _ context: WelcomeContext
  ) async -> CardFile? {
    guard CardRenderer.process.waitingCount < mostWaiting else {
      context.why(.coolDown, "cardBusy")
      return nil
    }
    let guest = greeting.guest
    let avatar = await context.bot.avatar(of: guest.user, hash: guest.avatar, inGuild: guest.guildAvatar)
    do {
      return try await CardRenderer.process.render(
        greeting.card(settings, context.settings.card, avatar: avatar).card)
    } catch let error as CardError where error.code == .overloaded {
      context.why(.coolDown, "cardBusy")
    } catch {
      context.why(.failed, "cardFailed")
    }
    return nil
  }
}
