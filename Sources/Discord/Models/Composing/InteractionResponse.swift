// The first answer to an interaction.

import DiscordCore
package import JSON

/// An answer to an interaction
/// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object). Due within
/// three seconds; the deferring ones give 15 minutes.
package enum InteractionResponse: Hashable, Sendable {
  /// To Discord's own check of an endpoint.
  case pong
  case message(MessageCreate)
  /// "Thinking …", until a follow-up comes. Whether that is seen by one person only is decided here.
  case deferredMessage(isEphemeral: Bool = false)
  /// Nothing to be seen; the message may be edited later. Components only.
  case deferredUpdate
  /// Changes the message the component is in. Components only, as the one before.
  case update(MessageEdit)
  /// Suggestions for what is being typed, at most 25.
  case autocomplete([CommandChoice])
  /// Opens a form; not as the answer to a form.
  case modal(Modal)
  /// Opens the application's activity.
  case launchActivity

  /// The number on the wire.
  package var type: Int {
    switch self {
    case .pong: 1
    case .message: 4
    case .deferredMessage: 5
    case .deferredUpdate: 6
    case .update: 7
    case .autocomplete: 8
    case .modal: 9
    case .launchActivity: 12
    }
  }

  /// The parts `files[n]` of the request.
  package var files: [OutgoingFile] {
    switch self {
    case .message(let message): message.files
    case .update(let edit): edit.files
    default: []
    }
  }
}

extension InteractionResponse: Validatable {
  package func validate() throws(CompositionError) {
    switch self {
    case .message(let message):
      try message.validate()
      try refuseForChannelsOnly(message, by: "an answer to an interaction")
    case .update(let edit): try edit.validate()
    case .modal(let modal): try modal.validate()
    case .autocomplete(let choices):
      try Check.count(choices.count, "choices", 0...CommandChoice.maximumCount)
      try Check.each(choices, "choices")
    case .pong, .deferredMessage, .deferredUpdate, .launchActivity: break
    }
  }
}

extension InteractionResponse: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("type", type)
      switch self {
      case .message(let message):
        json.object("data") { json in
          message.writeCommonFields(to: &json)
          if message.isTTS { json.field("tts", true) }
        }
      case .deferredMessage(let isEphemeral):
        guard isEphemeral else { return }
        json.object("data") { json in json.field("flags", MessageFlags.ephemeral.rawValue) }
      case .update(let edit):
        json.key("data")
        edit.write(to: &json)
      case .autocomplete(let choices):
        json.object("data") { json in json.elements("choices", choices) }
      case .modal(let modal):
        json.key("data")
        modal.write(to: &json)
      case .pong, .deferredUpdate, .launchActivity: break
      }
    }
  }
}
