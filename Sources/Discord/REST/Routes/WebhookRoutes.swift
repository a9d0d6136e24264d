// Routes of https://discord.com/developers/docs/resources/webhook.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == Webhook {
  /// Makes a webhook; its name must not have "clyde" or "discord" in it.
  package static func createWebhook(
    named name: String, avatar: DataURI? = nil, in channel: ChannelID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/channels/{channel.id}/webhooks", channel)
      .json { json in
        json.object { json in
          json.field("name", name)
          json.optional("avatar", avatar)
        }
      }
      .needing(.manageWebhooks).because(reason)
  }

  /// With its token, if it is the bot's.
  package static func getWebhook(_ webhook: WebhookID) -> Endpoint {
    Endpoint(.get, "/webhooks/{webhook.id}", webhook).needing(.manageWebhooks)
  }

  /// As by its id, without any permission and without who made it.
  package static func getWebhook(_ webhook: WebhookID, token: String) -> Endpoint {
    Endpoint(.get, "/webhooks/{webhook.id}/{webhook.token}", webhook, token)
  }

  /// Renames or moves a webhook.
  package static func modifyWebhook(
    _ webhook: WebhookID, _ change: WebhookEdit, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/webhooks/{webhook.id}", webhook)
      .json(change).needing(.manageWebhooks).because(reason).repeatable()
  }

  /// As `modifyWebhook`, but it cannot be moved.
  package static func modifyWebhook(_ webhook: WebhookID, token: String, _ change: WebhookEdit) -> Endpoint {
    var change = change
    change.channel = nil
    return Endpoint(.patch, "/webhooks/{webhook.id}/{webhook.token}", webhook, token)
      .json(change).repeatable()
  }
}

extension Endpoint where Response == [Webhook] {
  /// All webhooks of a channel, those that follow others included.
  package static func getChannelWebhooks(_ channel: ChannelID) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/webhooks", channel).needing(.manageWebhooks)
  }

  /// All webhooks of a guild.
  package static func getGuildWebhooks(_ guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/webhooks", guild).needing(.manageWebhooks)
  }
}

extension Endpoint where Response == Empty {
  /// Deletes a webhook; its messages stay.
  package static func deleteWebhook(_ webhook: WebhookID, reason: String? = nil) -> Endpoint {
    Endpoint(.delete, "/webhooks/{webhook.id}", webhook).needing(.manageWebhooks).because(reason).at(
      .moderation)
  }

  /// Deletes a webhook by its token, without any permission.
  package static func deleteWebhook(_ webhook: WebhookID, token: String) -> Endpoint {
    Endpoint(.delete, "/webhooks/{webhook.id}/{webhook.token}", webhook, token).at(.moderation)
  }

  /// Sends a message and does not wait until Discord has it: faster, but failures stay unseen.
  package static func executeWebhookUnseen(
    _ webhook: WebhookID, token: String, _ message: WebhookExecute, thread: ChannelID? = nil
  ) -> Endpoint {
    Endpoint(.post, "/webhooks/{webhook.id}/{webhook.token}", webhook, token)
      .query("thread_id", thread).query("with_components", message.withComponents)
      .composed(message).attaching(message.message.files)
  }

  /// Deletes a message that the webhook sent.
  package static func deleteWebhookMessage(
    _ message: MessageID, of webhook: WebhookID, token: String, thread: ChannelID? = nil
  ) -> Endpoint {
    Endpoint(
      .delete, "/webhooks/{webhook.id}/{webhook.token}/messages/{message.id}", webhook, token, message
    ).query("thread_id", thread).at(.moderation)
  }

  /// Sends an event in GitHub's form, which Discord turns into a message. `event` is GitHub's body as it came.
  package static func executeGitHubWebhook(
    _ webhook: WebhookID, token: String, event: JSONValue, thread: ChannelID? = nil
  ) -> Endpoint {
    Endpoint(.post, "/webhooks/{webhook.id}/{webhook.token}/github", webhook, token)
      .query("thread_id", thread).json(event)
  }

  /// Sends a message in Slack's form.
  package static func executeSlackWebhook(
    _ webhook: WebhookID, token: String, message: JSONValue, thread: ChannelID? = nil
  ) -> Endpoint {
    Endpoint(.post, "/webhooks/{webhook.id}/{webhook.token}/slack", webhook, token)
      .query("thread_id", thread).json(message)
  }
}

extension Endpoint where Response == Message {
  /// Sends a message. Buttons and selects work only if the application owns the webhook; others may send components
  /// that do nothing.
  package static func executeWebhook(
    _ webhook: WebhookID, token: String, _ message: WebhookExecute, thread: ChannelID? = nil
  ) -> Endpoint {
    Endpoint(.post, "/webhooks/{webhook.id}/{webhook.token}", webhook, token)
      .query("wait", true).query("thread_id", thread).query("with_components", message.withComponents)
      .composed(message).attaching(message.message.files)
  }

  /// A message that the webhook sent; `thread` if it stands in one.
  package static func getWebhookMessage(
    _ message: MessageID, of webhook: WebhookID, token: String, thread: ChannelID? = nil
  ) -> Endpoint {
    Endpoint(
      .get, "/webhooks/{webhook.id}/{webhook.token}/messages/{message.id}", webhook, token, message
    ).query("thread_id", thread)
  }

  /// Changes a message that the webhook sent; `thread` if it stands in one.
  package static func editWebhookMessage(
    _ message: MessageID, of webhook: WebhookID, token: String, _ edit: MessageEdit, thread: ChannelID? = nil
  ) -> Endpoint {
    Endpoint(
      .patch, "/webhooks/{webhook.id}/{webhook.token}/messages/{message.id}", webhook, token, message
    ).query("thread_id", thread).query("with_components", (edit.components ?? []).isEmpty ? nil : true)
      .composed(edit).attaching(edit.files).repeatable(edit.files.isEmpty || edit.keptAttachments != nil)
  }
}

extension WebhookExecute {
  /// Without it Discord drops components of webhooks that no application owns.
  fileprivate var withComponents: Bool? { message.components.isEmpty ? nil : true }
}

/// A change of a webhook.
package struct WebhookEdit: ChangeBody {
  package var name: String?
  package var avatar: Patch<DataURI> = .keep
  /// Where it is moved to.
  package var channel: ChannelID?

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("name", name)
      json.patch("avatar", avatar)
      json.optional("channel_id", channel)
    }
  }
}
