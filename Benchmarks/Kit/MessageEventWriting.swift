// The message event written by hand.

import JSON

extension MessageEvent {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("type", type)
      json.field("channel_type", channel_type)
      json.field("flags", flags)
      json.field("tts", tts)
      json.field("pinned", pinned)
      json.field("mention_everyone", mention_everyone)
      json.field("id", id)
      json.field("channel_id", channel_id)
      json.field("guild_id", guild_id)
      json.field("timestamp", timestamp)
      json.field("content", content)
      json.field("edited_timestamp", edited_timestamp)
      json.field("nonce", nonce)
      json.key("author")
      author.write(to: &json)
      json.key("member")
      member.write(to: &json)
      json.array("mentions") { json in for user in mentions { user.write(to: &json) } }
      json.array("mention_roles") { json in for role in mention_roles { json.string(role) } }
      json.array("attachments") { json in for attachment in attachments { attachment.write(to: &json) } }
      json.array("embeds") { json in for embed in embeds { embed.write(to: &json) } }
      if let message_reference {
        json.object("message_reference") { json in
          json.field("type", message_reference.type)
          json.field("channel_id", message_reference.channel_id)
          json.field("message_id", message_reference.message_id)
          json.field("guild_id", message_reference.guild_id)
        }
      }
      if let referenced_message {
        json.key("referenced_message")
        referenced_message.write(to: &json)
      }
    }
  }
}

extension MessageEvent.Referenced {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("id", id)
      json.field("channel_id", channel_id)
      json.field("content", content)
      json.field("timestamp", timestamp)
      json.field("type", type)
      json.field("flags", flags)
      json.field("tts", tts)
      json.field("pinned", pinned)
      json.field("mention_everyone", mention_everyone)
      json.key("author")
      author.write(to: &json)
      json.array("attachments") { json in for attachment in attachments { attachment.write(to: &json) } }
      json.array("embeds") { json in for embed in embeds { embed.write(to: &json) } }
      json.array("mentions") { json in for user in mentions { user.write(to: &json) } }
      json.array("mention_roles") { json in for role in mention_roles { json.string(role) } }
    }
  }
}

extension MessageEvent.User {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("id", id)
      json.field("username", username)
      json.field("discriminator", discriminator)
      json.field("global_name", global_name)
      json.field("avatar", avatar)
      json.field("public_flags", public_flags)
      if let bot { json.field("bot", bot) }
      if let decoration = avatar_decoration_data {
        json.object("avatar_decoration_data") { json in
          json.field("asset", decoration.asset)
          json.field("sku_id", decoration.sku_id)
        }
      }
      if let primary_guild {
        json.object("primary_guild") { json in
          json.field("identity_guild_id", primary_guild.identity_guild_id)
          json.field("identity_enabled", primary_guild.identity_enabled)
          json.field("tag", primary_guild.tag)
          json.field("badge", primary_guild.badge)
        }
      }
      if let member {
        json.key("member")
        member.write(to: &json)
      }
    }
  }
}

extension MessageEvent.Member {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.array("roles") { json in for role in roles { json.string(role) } }
      json.field("joined_at", joined_at)
      json.field("nick", nick)
      json.field("avatar", avatar)
      json.field("premium_since", premium_since)
      json.field("communication_disabled_until", communication_disabled_until)
      json.field("flags", flags)
      json.field("pending", pending)
      json.field("mute", mute)
      json.field("deaf", deaf)
    }
  }
}

extension MessageEvent.Attachment {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("id", id)
      json.field("filename", filename)
      json.field("url", url)
      json.field("proxy_url", proxy_url)
      json.field("content_type", content_type)
      json.field("size", size)
      json.field("width", width)
      json.field("height", height)
      json.field("placeholder_version", placeholder_version)
      json.field("placeholder", placeholder)
      if let description { json.field("description", description) }
    }
  }
}

extension MessageEvent.Embed {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("type", type)
      json.field("title", title)
      json.field("description", description)
      json.field("url", url)
      json.field("timestamp", timestamp)
      json.field("color", color)
      json.object("author") { json in
        json.field("name", author.name)
        json.field("url", author.url)
        json.field("icon_url", author.icon_url)
      }
      if let thumbnail {
        json.object("thumbnail") { json in
          json.field("url", thumbnail.url)
          json.field("proxy_url", thumbnail.proxy_url)
          json.field("width", thumbnail.width)
          json.field("height", thumbnail.height)
        }
      }
      json.array("fields") { json in
        for field in fields {
          json.object { json in
            json.field("name", field.name)
            json.field("value", field.value)
            json.field("inline", field.inline)
          }
        }
      }
    }
  }
}
