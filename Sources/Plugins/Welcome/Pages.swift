// The plugin's page: each message as it will look, for whoever looks at it.

import Cards
import DiscordBot
import DiscordCore
import DiscordModels
import HTML
import PlatformPlugins
import Resources

enum Pages {
  static func preview(_ context: WelcomeContext, _ request: PageRequest) async throws -> PageContent {
    let guest = try await guest(context, request)
    let parts = Occasion.allCases.map { occasion in
      let settings = context.settings.greeting(occasion)
      let greeting = context.greeting(occasion, of: guest, cause: context.core.causeKey)
      let channel = settings.channel ?? context.bot.info?.systemChannel
      return Part(
        occasion: occasion, isOn: settings.isOn,
        channel: channel.map { "#" + (context.bot.channel($0)?.name ?? "\($0)") },
        message: greeting.message(settings, card: nil),
        card: settings.hasCard
          ? Part.Picture(
            address: request.link("card", ("occasion", occasion.rawValue)),
            card: greeting.card(settings, context.settings.card, avatar: nil)) : nil)
    }
    let roles = context.settings.autoRoles.map { auto in
      [
        context.bot.role(auto.role)?.name ?? "\(auto.role)",
        context.strings[dynamic: "role.for.\(auto.audience.rawValue)"],
        context.strings[dynamic: "role.after.\(auto.moment.rawValue)"],
      ]
    }
    let bot = context.bot
    let view = View(
      strings: context.strings, parts: parts, roles: roles,
      author: bot.ownMember?.displayName ?? context.strings["plugin.name"],
      names: { mention in
        switch mention {
        case .user(let id): id == "\(guest.user)" ? guest.displayName : nil
        case .role(let id): RoleID(id).flatMap { bot.role($0)?.name }
        case .channel(let id): ChannelID(id).flatMap { bot.channel($0)?.name }
        case .command(let name), .all(let name): name
        }
      })
    return PageContent { html in view.write(&html) }
  }

  /// The card of one occasion, with the picture of whoever looks at it.
  static func card(_ context: WelcomeContext, _ request: PageRequest) async throws -> PageContent {
    let occasion = request.fields["occasion"].flatMap { Occasion(rawValue: $0) } ?? .join
    let guest = try await guest(context, request)
    let greeting = context.greeting(occasion, of: guest, cause: context.core.causeKey)
    let settings = context.settings.greeting(occasion)
    guard let card = await CardDesk.card(for: greeting, settings, context) else {
      throw Refusal("page.card.none")
    }
    return .picture(card.bytes, card.format == .png ? .png : .webp)
  }

  /// Whoever looks, as a newcomer.
  private static func guest(_ context: WelcomeContext, _ request: PageRequest) async throws -> Guest {
    let number = context.server.members
    if let member = try await context.bot.member(request.user) { return Guest(member, number: number) }
    let name = context.strings["page.guest"]
    return Guest(user: request.user, name: name, displayName: name, number: number)
  }

  /// A message to show.
  private struct Part: Sendable {
    let occasion: Occasion
    let isOn: Bool
    let channel: String?
    let message: MessageCreate
    let card: Picture?

    /// The card as it is drawn, and what stands on it.
    struct Picture: Sendable {
      let address: SafeURL
      let card: WelcomeCard
    }
  }

  private struct View: Sendable {
    let strings: StringCatalog
    let parts: [Part]
    let roles: [[String]]
    /// The bot's name in the server.
    let author: String
    let names: DiscordText.Names

    func write(_ html: inout HTMLWriter) {
      for part in parts {
        html.add(
          HTML.Card(
            strings[dynamic: "page.\(part.occasion.rawValue)"],
            subtitle: part.isOn ? part.channel ?? strings["page.noChannel"] : strings["page.off"]
          ) { html in write(part, &html) })
      }
      html.add(
        Table(
          strings["page.roles"],
          columns: [
            .init(strings["page.role"]), .init(strings["page.for"]), .init(strings["page.after"]),
          ],
          rows: roles.map { cells in .init(cells.map { cell in { $0.isolated(cell) } }) },
          empty: EmptyState(strings["page.noRoles"], strings["page.noRoles.help"])))
    }

    private func write(_ part: Part, _ html: inout HTMLWriter) {
      html.add(
        MessagePreview(
          author: author, content: part.message.content ?? "", embeds: part.message.embeds.map(Self.embed),
          names: names))
      if let picture = part.card {
        let size = picture.card.card
        html.element(.figure, .class("card-picture")) { html in
          html.void(
            .img, .src(picture.address), .width(size.width), .height(size.height), .lazyLoading,
            .alt(strings("card.description", ["name": picture.card.name])))
          html.element(.figcaption, .class("muted")) { html in
            html.isolated(
              [picture.card.headline, picture.card.name, picture.card.detail].compactMap(\.self)
                .joined(separator: " · "))
          }
        }
      }
    }

    private static func embed(_ embed: Embed) -> MessagePreview.Embed {
      var shown = MessagePreview.Embed()
      shown.color = embed.color.flatMap { UInt32(exactly: $0) }.map { HexColor($0) }
      (shown.title, shown.description) = (embed.title, embed.description)
      shown.footer = embed.footer?.text
      return shown
    }
  }
}
