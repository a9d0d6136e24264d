// The screening of newcomers, and their requests to join.

package import DiscordCore
package import EventLoop
package import JSON

/// What a newcomer is asked for.
package struct VerificationFieldType: WireWord {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  /// To agree to rules.
  package static let terms: VerificationFieldType = "TERMS"
  package static let textInput: VerificationFieldType = "TEXT_INPUT"
  package static let paragraph: VerificationFieldType = "PARAGRAPH"
  package static let multipleChoice: VerificationFieldType = "MULTIPLE_CHOICE"
}

/// One question of the form, in a request to join with its answer.
package struct VerificationField: Equatable, Sendable {
  package var type: VerificationFieldType
  package var label: String
  package var description: String?
  package var isRequired: Bool
  package var placeholder: String?
  /// The rules.
  package var values: [String]
  package var choices: [String]
  /// A text, whether one agrees, or the number of the choice.
  package var response: JSONValue?
  package var unknownFields = UnknownFields()
}

private enum VerificationFieldField: Int, JSONFieldName {
  case type, label, description, isRequired, placeholder, values, choices, response
  static let keys = JSONKeys<VerificationFieldField>(
    "field_type", "label", "description", "required", "placeholder", "values", "choices", "response")
}

extension VerificationField: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(VerificationFieldField.keys)
    type = fields.value(.type, default: .textInput)
    label = fields.value(.label, default: "")
    description = fields.optional(.description)
    isRequired = fields.value(.isRequired, default: false)
    placeholder = fields.optional(.placeholder)
    values = fields.list(.values)
    choices = fields.list(.choices)
    response = fields.optional(.response)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

extension VerificationField: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("field_type", type)
      json.field("label", label)
      json.optional("description", description)
      json.field("required", isRequired)
      json.optional("placeholder", placeholder)
      if !values.isEmpty { json.elements("values", values) }
      if !choices.isEmpty { json.elements("choices", choices) }
      json.optional("response", response)
      unknownFields.write(to: &json)
    }
  }
}

/// The form that newcomers fill before they may speak.
package struct MemberVerification: Equatable, Sendable {
  /// When the form was last changed.
  package var version: Timestamp?
  package var questions: [VerificationField]
  package var description: String?
  package var unknownFields = UnknownFields()
}

private enum MemberVerificationField: Int, JSONFieldName {
  case version, questions, description
  static let keys = JSONKeys<MemberVerificationField>(
    "version", "form_fields", "description")
}

extension MemberVerification: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(MemberVerificationField.keys)
    version = fields.optional(.version)
    questions = fields.list(.questions)
    description = fields.optional(.description)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

extension MemberVerification: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.elements("form_fields", questions)
      json.optional("description", description)
      unknownFields.write(to: &json)
    }
  }
}

/// How far a request to join has come.
package struct JoinRequestStatus: WireWord {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static let started: JoinRequestStatus = "STARTED"
  package static let submitted: JoinRequestStatus = "SUBMITTED"
  package static let rejected: JoinRequestStatus = "REJECTED"
  package static let approved: JoinRequestStatus = "APPROVED"
}

/// Somebody's request to join a guild that decides by hand.
package struct JoinRequest: Equatable, Sendable {
  package var id: JoinRequestID
  package var guildID: GuildID?
  package var userID: UserID?
  package var user: User?
  package var status: JoinRequestStatus?
  package var createdAt: Timestamp?
  package var reviewedAt: Timestamp?
  package var rejectionReason: String?
  package var responses: [VerificationField]
  package var actionedByUser: User?
  package var unknownFields = UnknownFields()
}

private enum JoinRequestField: Int, JSONFieldName {
  case id, guildID, userID, user, status, createdAt, reviewedAt, rejectionReason, responses, actionedByUser
  static let keys = JSONKeys<JoinRequestField>(
    "id", "guild_id", "user_id", "user", "application_status", "created_at", "reviewed_at",
    "rejection_reason", "form_responses", "actioned_by_user")
}

extension JoinRequest: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(JoinRequestField.keys)
    id = try fields.value(.id)
    guildID = fields.optional(.guildID)
    userID = fields.optional(.userID)
    user = fields.optional(.user)
    status = fields.optional(.status)
    createdAt = fields.optional(.createdAt)
    reviewedAt = fields.optional(.reviewedAt)
    rejectionReason = fields.optional(.rejectionReason)
    responses = fields.list(.responses)
    actionedByUser = fields.optional(.actionedByUser)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

/// A page of requests to join.
package struct JoinRequestList: Equatable, Sendable {
  package var total: Int?
  package var requests: [JoinRequest]
}

private enum JoinRequestListField: Int, JSONFieldName {
  case total, requests
  static let keys = JSONKeys<JoinRequestListField>(
    "total", "guild_join_requests")
}

extension JoinRequestList: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(JoinRequestListField.keys)
    total = fields.optional(.total)
    requests = fields.list(.requests)
  }
}
