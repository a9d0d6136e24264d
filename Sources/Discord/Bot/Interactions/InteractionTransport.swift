// How answers to an interaction travel to Discord.

package import DiscordCore
internal import DiscordLimits
package import DiscordModels
package import DiscordREST

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
  package init(_ interaction: Interaction, client: RESTClient) {
    (self.interaction, application, token) = (
      interaction.id, interaction.applicationID, interaction.token.text
    )
    self.client = client
  }
}

extension RESTInteractionTransport {
  package func respond(_ response: InteractionResponse) async throws(InteractionError) {
    _ = try await send(
      Endpoint<Empty>.respond(to: interaction, token: token, response),
      deadline: InteractionLimits.firstResponse)
  }

  package func editOriginal(_ edit: MessageEdit) async throws(InteractionError) {
    _ = try await send(Endpoint<Message>.editOriginalResponse(of: application, token: token, edit))
  }

  package func deleteOriginal() async throws(InteractionError) {
    _ = try await send(Endpoint<Empty>.deleteOriginalResponse(of: application, token: token))
  }

  package func followUp(_ message: MessageCreate) async throws(InteractionError) -> MessageID {
    try await send(Endpoint<Message>.createFollowup(of: application, token: token, message)).id
  }

  package func editFollowUp(_ message: MessageID, _ edit: MessageEdit) async throws(InteractionError) {
    _ = try await send(Endpoint<Message>.editFollowup(message, of: application, token: token, edit))
  }

  package func deleteFollowUp(_ message: MessageID) async throws(InteractionError) {
    _ = try await send(Endpoint<Empty>.deleteFollowup(message, of: application, token: token))
  }

  private func send<Response>(
    _ endpoint: Endpoint<Response>, deadline: Duration? = nil
  ) async throws(InteractionError) -> Response {
    do {
      return try await client.send(endpoint, priority: .interaction, deadline: deadline)
    } catch {
      throw InteractionError(error)
    }
  }
}
