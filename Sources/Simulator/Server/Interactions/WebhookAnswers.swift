// Messages that are not written by members: answers to interactions and posts of webhooks.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

extension World {
  /// An empty message of an application, with what ties it to its interaction.
  func newAnswer(to interaction: Interaction, isFollowUp: Bool = false) -> Message {
    var message = Message(
      id: newID(), channel: interaction.channel, author: .user(interaction.application.converted()))
    message.applicationID = interaction.application
    message.interactionMetadata = interaction.metadata
    if isFollowUp, let original = interaction.original, var metadata = interaction.metadata?.object {
      metadata["original_response_message_id"] = .id(original)
      message.interactionMetadata = .object(metadata)
    }
    switch interaction.kind {
    case .command where !isFollowUp:
      message.type = interaction.commandType == 1 ? 20 : 23
      message.interaction = [
        "id": .id(interaction.id), "type": 2, "name": .string(interaction.name ?? ""),
        "user": json(user: interaction.user),
      ]
    default:
      let answered = isFollowUp ? interaction.original : interaction.message
      if let answered {
        message.type = 19
        message.reference = Reference(
          message: answered, channel: interaction.channel, guild: interaction.guild)
      }
    }
    return message
  }

  /// Reads the body of an answer or a follow-up.
  ///
  /// - Throws: 50006, 50035.
  func compose(
    _ body: JSONValue, _ files: [UploadedPart], answering interaction: Interaction, isFollowUp: Bool = false
  ) throws(RESTFailure) -> Message {
    var message = newAnswer(to: interaction, isFollowUp: isFollowUp)
    let bot: UserID = interaction.application.converted()
    let held = channels[interaction.channel].map { permissions(of: bot, in: $0) } ?? []
    try fill(&message, from: body, files, mentioning: held)
    return message
  }
}
