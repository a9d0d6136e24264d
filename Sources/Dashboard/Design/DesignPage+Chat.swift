// /design: messages as Discord shows them.

import HTML
import Resources

extension DesignPage {
  func chat(_ html: inout HTMLWriter) {
    specimen(strings["design.chat.message"], onSheet: false, &html) { html in
      var embed = MessagePreview.Embed()
      embed.color = HexColor(0x1D_6A4F)
      embed.author = strings["design.fr.server"]
      embed.title = strings["design.cm.title"]
      embed.link = "#chat"
      embed.description = strings["design.cm.description"]
      embed.fields = [
        (strings["design.cm.field1"], strings["design.cm.value1"], true),
        (strings["design.cm.field2"], strings["design.cm.value2"], true),
      ]
      embed.footer = strings["design.cm.footer"]
      embed.thumbnail = resources.url("mark.svg")
      html.add(
        MessagePreview(
          author: strings["site.name"], content: strings["design.cm.welcome"], embeds: [embed],
          rows: [
            [
              .button(strings["design.cm.accept"], .success),
              .button(strings["design.cm.later"], .secondary),
              .button(strings["design.cm.leave"], .danger), .button(strings["design.cm.site"], .link),
            ], [.select(placeholder: strings["design.cm.pick"])],
          ], names: names))
    }
    specimen(strings["design.chat.markdown"], onSheet: false, &html) { html in
      html.add(MessagePreview(author: strings["site.name"], content: strings["design.cm.markdown"]))
    }
  }

  private var names: DiscordText.Names {
    let (member, channel, role) = (
      strings["design.cm.member"], strings["design.cm.channel"], strings["design.cm.role"]
    )
    return { mention in
      switch mention {
      case .user: member
      case .channel: channel
      case .role: role
      default: nil
      }
    }
  }
}
