// A button, a menu of choices or a form that somebody used.

package import DiscordCore
package import DiscordModels

/// A component's or form's call without the plugin's type.
package struct ComponentInvocationContext: PersonInvocation {
  /// What was sent back.
  package enum Input: Sendable {
    case component(ComponentInvocation)
    case modal(ModalSubmission)
  }

  /// The guild at that moment.
  package let core: ContextCore
  package let person: Person
  package let channel: ChannelID
  /// What the `custom_id` carried; signed for this guild.
  package let state: String
  package let input: Input
  /// The message the component is in.
  package let message: Message?
  package let responder: any Responder

  package init(
    core: ContextCore, person: Person, channel: ChannelID, state: String, input: Input, message: Message?,
    responder: any Responder
  ) {
    (self.core, self.person, self.channel, self.state) = (core, person, channel, state)
    (self.input, self.message, self.responder) = (input, message, responder)
  }
}

/// What calls of components and of the forms that they open have in common.
package protocol ScreenCall: PersonCall where Invocation == ComponentInvocationContext {}

extension ScreenCall {
  /// What `componentID` was given.
  package var state: String { invocation.state }
  /// The message the component is in, or the one whose component opened the form.
  package var message: Message? { invocation.message }
}

/// A component that was used.
package struct ComponentCall<P: Plugin>: ScreenCall {
  package let invocation: ComponentInvocationContext

  package init(_ invocation: ComponentInvocationContext) { self.invocation = invocation }

  /// Of a menu: what was chosen.
  package var values: [String] {
    if case .component(let component) = invocation.input { component.values } else { [] }
  }

  /// Changes the message the component is in.
  package func update(_ edit: MessageEdit) async throws { try await responder.update(edit) }
}

/// A form that was sent.
package struct ModalCall<P: Plugin>: ScreenCall {
  package let invocation: ComponentInvocationContext

  package init(_ invocation: ComponentInvocationContext) { self.invocation = invocation }

  /// What was written into the input of that id; nil for an input that is no text or was left empty.
  package subscript(_ input: String) -> String? {
    guard case .modal(let modal) = invocation.input, case .text(let text)? = modal[input] else { return nil }
    return text.isEmpty ? nil : text
  }
}
