// Answering an interaction.

import DiscordBot
import DiscordCore
import DiscordModels
import PlatformPlugins

/// Answers the person who used a command, a menu, a component or a form.
struct InteractionResponder: Responder {
  let interaction: ReceivedInteraction

  var canOpenModals: Bool { interaction.phase == .received }

  func reply(_ message: MessageCreate) async throws -> any ReplyHandle {
    InteractionReply(interaction: interaction, followUp: try await interaction.reply(message))
  }

  func open(_ modal: Modal) async throws { try await interaction.open(modal) }

  func update(_ edit: MessageEdit) async throws { try await interaction.update(edit) }
}

private struct InteractionReply: ReplyHandle {
  let interaction: ReceivedInteraction
  /// nil for the first answer.
  let followUp: MessageID?

  func edit(_ edit: MessageEdit) async throws {
    if let followUp {
      try await interaction.editFollowUp(followUp, edit)
    } else {
      try await interaction.editOriginal(edit)
    }
  }

  func delete() async throws {
    if let followUp {
      try await interaction.deleteFollowUp(followUp)
    } else {
      try await interaction.deleteOriginal()
    }
  }
}
