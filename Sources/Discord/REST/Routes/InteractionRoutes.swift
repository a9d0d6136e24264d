// Routes of https://discord.com/developers/docs/interactions/receiving-and-responding. None carries the bot's token,
// and none counts against its global limit.

package import DiscordCore
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == Empty {
  /// The first answer to an interaction, due within three seconds.
  ///
  /// Sent again after a lost connection, it may fail with 40060 because the first one had arrived.
  package static func respond(
    to interaction: InteractionID, token: String, _ response: InteractionResponse
  ) -> Endpoint {
    Endpoint(.post, "/interactions/{interaction.id}/{interaction.token}/callback", interaction, token)
      .composed(response).attaching(response.files).repeatable()
  }

  /// Takes the first answer away.
  package static func deleteOriginalResponse(of application: ApplicationID, token: String) -> Endpoint {
    Endpoint(
      .delete, "/webhooks/{application.id}/{interaction.token}/messages/@original", application, token)
  }

  /// Takes a further message away.
  package static func deleteFollowup(
    _ message: MessageID, of application: ApplicationID, token: String
  ) -> Endpoint {
    Endpoint(
      .delete, "/webhooks/{application.id}/{interaction.token}/messages/{message.id}", application, token,
      message)
  }
}

extension Endpoint where Response == InteractionCallback {
  /// As `respond`, and tells which message was made.
  package static func respondReturning(
    to interaction: InteractionID, token: String, _ response: InteractionResponse
  ) -> Endpoint {
    Endpoint(.post, "/interactions/{interaction.id}/{interaction.token}/callback", interaction, token)
      .query("with_response", true).composed(response).attaching(response.files).repeatable()
  }
}

extension Endpoint where Response == Message {
  /// The message that the first answer made.
  package static func getOriginalResponse(of application: ApplicationID, token: String) -> Endpoint {
    Endpoint(.get, "/webhooks/{application.id}/{interaction.token}/messages/@original", application, token)
  }

  /// Changes the first answer, or gives it where it was deferred; within 15 minutes.
  package static func editOriginalResponse(
    of application: ApplicationID, token: String, _ edit: MessageEdit
  ) -> Endpoint {
    Endpoint(.patch, "/webhooks/{application.id}/{interaction.token}/messages/@original", application, token)
      .composed(edit).attaching(edit.files).repeatable(edit.files.isEmpty || edit.keptAttachments != nil)
  }

  /// One more message, within 15 minutes. Where only the user installed the application, five are allowed.
  package static func createFollowup(
    of application: ApplicationID, token: String, _ message: MessageCreate
  ) -> Endpoint {
    let body = WebhookExecute(message)
    return Endpoint(.post, "/webhooks/{application.id}/{interaction.token}", application, token)
      .query("wait", true).composed(body).attaching(message.files)
  }

  /// One of the further messages, seen by one person or by all.
  package static func getFollowup(
    _ message: MessageID, of application: ApplicationID, token: String
  ) -> Endpoint {
    Endpoint(
      .get, "/webhooks/{application.id}/{interaction.token}/messages/{message.id}", application, token,
      message)
  }

  /// Changes a further message, within 15 minutes.
  package static func editFollowup(
    _ message: MessageID, of application: ApplicationID, token: String, _ edit: MessageEdit
  ) -> Endpoint {
    Endpoint(
      .patch, "/webhooks/{application.id}/{interaction.token}/messages/{message.id}", application, token,
      message
    ).composed(edit).attaching(edit.files).repeatable(edit.files.isEmpty || edit.keptAttachments != nil)
  }
}

/// What an answer made.
package struct InteractionCallback: WireDecodable {
  package var interaction: InteractionID
  /// The message that was sent or changed, or that the bot will fill in later.
  package var messageID: MessageID?
  package var isLoading: Bool
  package var isEphemeral: Bool
  /// The message itself, of answers that make or change one.
  package var message: Message?

  package init(from json: JSONView) throws(JSONError) {
    let about = try json.require("interaction")
    interaction = try about.require("id").asID()
    messageID = about["response_message_id"]?.id()
    isLoading = about["response_message_loading"]?.bool ?? false
    isEphemeral = about["response_message_ephemeral"]?.bool ?? false
    message = json["resource"]?.object("message")
  }
}
