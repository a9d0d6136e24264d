// How answers to an interaction travel to Discord.

package import DiscordCore
package import DiscordModels
package import DiscordREST
internal import DiscordLimits
internal import JSON

/// The calls with which an interaction is answered.
package protocol InteractionTransport: Sendable {
  /// The first response.
  func respond(_ response: InteractionResponse) async throws(InteractionError)
  func editOriginal(_ edit: MessageEdit) async throws(InteractionError)
  func deleteOriginal() async throws(InteractionError)
  /// Returns the new message's id.
  func followUp(_ message: MessageCreate) async throws(InteractionError) -> MessageID
  func editFollowUp(_ message: MessageID, _ edit: MessageEdit) async throws(InteractionError)
  func deleteFollowUp(_ message: MessageID) async throws(InteractionError)
}

/// Answers by REST, ahead of everything but containment: somebody is waiting.
package struct RESTInteractionTransport: InteractionTransport {
  private let client: RESTClient
  private let interaction: InteractionID
  private let application: ApplicationID
  private let token: String

  /// The way to answer this interaction.
  package init(_ header: InteractionHeader, client: RESTClient) {
    (interaction, application, token) = (header.id, header.application, header.token)
    self.client = client
  }
}
