// Applications: what they say about themselves, their emojis and linked roles.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld
internal import Vault

extension RESTCall {
  /// The application of the path, which must be the caller's own.
  ///
  /// - Throws: 401 for callers without an application, 20012 for another's.
  var ownApplication: ApplicationID {
    get throws(RESTFailure) {
      let wanted = try id("application.id", Entity.Application.self)
      guard let own = application else { throw .unauthorized }
      guard own == wanted else {
        throw RESTFailure(
          status: 403, code: 20012,
          message: "You are not authorized to perform this action on this application")
      }
      return own
    }
  }
}

extension World {
  /// An application as its owner and its bot see it.
  func json(_ application: Application) -> JSONValue {
    var json = Fields()
    json.put("id", application.id)
    json.put("name", application.name)
    json.put("icon", application.icon)
    json.put("description", application.description)
    json.put("type", JSONValue.null)
    json.put("bot", self.json(user: application.botID))
    json.put("bot_public", application.isBotPublic)
    json.put("bot_require_code_grant", false)
    json.put("verify_key", application.verifyKey)
    json.put("flags", application.gatewayFlags)
    json.put("flags_new", String(application.gatewayFlags))
    json.put("explicit_content_filter", 0)
    json.put("eligible_oauth2_scopes", .array(AuthorizeRequest.knownScopes.keys.sorted().map { .string($0) }))
    json.put("owner", self.json(user: application.ownerID))
    json.put("team", JSONValue.null)
    json.put("summary", "")
    json.put("hook", true)
    json.put("is_monetized", false)
    json.put("is_verified", false)
    json.put("redirect_uris", .array(application.redirectURIs.map { .string($0) }))
    json.put("interactions_endpoint_url", application.interactionsEndpointURL)
    json.put(
      "role_connections_verification_url", application.extra["role_connections_verification_url"] ?? .null)
    json.put("event_webhooks_url", application.eventWebhooksURL)
    json.put("event_webhooks_status", application.eventWebhooksURL == nil ? 1 : 2)
    json.put("tags", .array(application.tags.map { .string($0) }))
    json.put("approximate_guild_count", guildIDs(of: application.botID).count)
    json.put("approximate_user_install_count", 0)
    json.put("approximate_user_authorization_count", 0)
    json.put("integration_types_config", ["0": [:]])
    json.put(
      "install_params",
      [
        "scopes": ["bot", "applications.commands"],
        "permissions": .string(application.installPermissions.description),
      ])
    if let link = application.extra["custom_install_url"] { json.put("custom_install_url", link) }
    return json.value
  }
}

extension RouteTable {
  static let applicationRoutes: [RESTRoute] = [
    RESTRoute(.get, "/applications/@me") { call, world throws(RESTFailure) in
      guard let application = call.application.flatMap({ world.applications[$0] }) else {
        throw .unauthorized
      }
      return .ok(world.json(application))
    },
    RESTRoute(.patch, "/applications/@me") { call, world throws(RESTFailure) in
      guard case .bot(let id) = call.caller, var application = world.applications[id] else {
        throw .unauthorized
      }
      try application.change(call.body ?? [:], isOwn: true)
      let wantsCheck = application.interactionsEndpointURL != world.applications[id]?.interactionsEndpointURL
      world.applications[id] = application
      // Discord asks the address for a PONG before it answers; here the address is dropped again if it fails.
      if wantsCheck, let url = application.interactionsEndpointURL {
        try world.services.hub.checkEndpoint(url, of: id)
      }
      return .ok(world.json(application))
    },
    RESTRoute(.get, "/oauth2/applications/@me") { call, world throws(RESTFailure) in
      guard let application = call.application.flatMap({ world.applications[$0] }) else {
        throw .unauthorized
      }
      return .ok(world.json(application))
    },
    RESTRoute(.patch, "/sim/applications/{application.id}", isPublic: true) {
      call, world throws(RESTFailure) in
      let id = try call.id("application.id", Entity.Application.self)
      guard var application = world.applications[id] else { throw .unknown(.application) }
      try application.change(call.body ?? [:], isOwn: false)
      world.applications[id] = application
      if let concurrency = call.body?["max_concurrency"]?.int64 {
        try world.services.hub.gateway.admission.concurrency[id] = Int(max(1, min(concurrency, 1_000)))
      }
      return .ok(world.json(application))
    },
    RESTRoute(.get, "/applications/{application.id}/emojis") { call, world throws(RESTFailure) in
      let emojis = try world.services.store.emojis[try call.ownApplication] ?? []
      return .ok(["items": .array(emojis.map { world.json($0) })])
    },
    RESTRoute(.post, "/applications/{application.id}/emojis") { call, world throws(RESTFailure) in
      let application = try call.ownApplication
      let services = try world.services
      var emoji = Emoji(id: world.newID(), name: try call.emojiName)
      guard let image = Picture(imageAddress: call.body?["image"]?.string ?? "") else {
        throw .invalid("image", code: "BASE_TYPE_REQUIRED", "This field is required")
      }
      guard services.store.emojis[application]?.count ?? 0 < ApplicationStore.emojiLimit else {
        throw .maximumReached(30008, "emojis", ApplicationStore.emojiLimit)
      }
      emoji.creator = application.converted()
      emoji.animated = image.contentType == "image/gif"
      emoji.image = image
      services.store.emojis[application, default: []].append(emoji)
      return .created(world.json(emoji))
    },
    RESTRoute(.get, "/applications/{application.id}/emojis/{emoji.id}") { call, world throws(RESTFailure) in
      .ok(world.json(try world.services.emoji(try call.id("emoji.id"), of: try call.ownApplication)))
    },
    RESTRoute(.patch, "/applications/{application.id}/emojis/{emoji.id}") { call, world throws(RESTFailure) in
      let application = try call.ownApplication
      let services = try world.services
      var emoji = try services.emoji(try call.id("emoji.id"), of: application)
      emoji.name = try call.emojiName
      let list = services.store.emojis[application] ?? []
      services.store.emojis[application] = list.map { $0.id == emoji.id ? emoji : $0 }
      return .ok(world.json(emoji))
    },
    RESTRoute(.delete, "/applications/{application.id}/emojis/{emoji.id}") {
      call, world throws(RESTFailure) in
      let application = try call.ownApplication
      let emoji = try world.services.emoji(try call.id("emoji.id"), of: application)
      try world.services.store.emojis[application]?.removeAll { $0.id == emoji.id }
      return .noContent
    },
    RESTRoute(.get, "/applications/{application.id}/role-connections/metadata") {
      call, world throws(RESTFailure) in
      .ok(.array(try world.services.store.roleConnectionMetadata[try call.ownApplication] ?? []))
    },
    RESTRoute(.put, "/applications/{application.id}/role-connections/metadata") {
      call, world throws(RESTFailure) in
      let application = try call.ownApplication
      guard let list = call.body?.array, list.count <= 5 else {
        throw .invalid(code: "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")
      }
      try world.services.store.roleConnectionMetadata[application] = list
      return .ok(.array(list))
    },
    RESTRoute(.get, "/users/@me/applications/{application.id}/role-connection") {
      call, world throws(RESTFailure) in
      .ok(
        try world.services.store.roleConnections[try call.roleConnectionKey] ?? [
          "platform_name": .null, "platform_username": .null, "metadata": [:],
        ])
    },
    RESTRoute(.put, "/users/@me/applications/{application.id}/role-connection") {
      call, world throws(RESTFailure) in
      let body = call.body ?? [:]
      let connection: JSONValue = [
        "platform_name": body["platform_name"] ?? .null,
        "platform_username": body["platform_username"] ?? .null,
        "metadata": body["metadata"] ?? [:],
      ]
      try world.services.store.roleConnections[try call.roleConnectionKey] = connection
      return .ok(connection)
    },
    RESTRoute(.delete, "/users/@me/applications/{application.id}/role-connection") {
      call, world throws(RESTFailure) in
      try world.services.store.roleConnections[try call.roleConnectionKey] = nil
      return .noContent
    },
  ]
}

extension Annex {
  fileprivate func emoji(_ id: EmojiID, of application: ApplicationID) throws(RESTFailure) -> Emoji {
    guard let emoji = store.emojis[application]?.first(where: { $0.id == id }) else { throw .unknown(.emoji) }
    return emoji
  }
}

extension RESTCall {
  fileprivate var emojiName: String {
    get throws(RESTFailure) {
      let name = body?["name"]?.string ?? ""
      let isName = name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
      guard isName, (2...32).contains(name.utf8.count) else {
        throw .invalid("name", code: "STRING_TYPE_REGEX", "String value did not match validation regex.")
      }
      return name
    }
  }

  fileprivate var roleConnectionKey: ApplicationStore.RoleConnectionKey {
    get throws(RESTFailure) {
      guard case .bearer(let user?, let application, let scopes) = caller,
        scopes.contains("role_connections.write")
      else { throw .unauthorized }
      guard try id("application.id", Entity.Application.self) == application else { throw .missingAccess }
      return .init(application: application, user: user)
    }
  }
}

extension Application {
  /// Applies a PATCH. What only the developer portal may change (`isOwn` false) includes secrets and redirects.
  ///
  /// - Throws: 50035.
  mutating func change(_ body: JSONValue, isOwn: Bool) throws(RESTFailure) {
    var errors = FormErrors()
    if let text = body["description"]?.string {
      errors.length(["description"], text.unicodeScalars.count, 0...400)
      description = text
    }
    if let list = body["tags"]?.array {
      errors.length(["tags"], list.count, 0...5)
      tags = list.compactMap(\.string)
    }
    if let url = body["interactions_endpoint_url"] {
      interactionsEndpointURL = url.string.flatMap { $0.isEmpty ? nil : $0 }
    }
    if let url = body["event_webhooks_url"] { eventWebhooksURL = url.string }
    for key in ["role_connections_verification_url", "custom_install_url"] {
      if let value = body[key] { extra[key] = value }
    }
    if let flags = body["flags"]?.int64 { changeIntents(UInt64(bitPattern: flags)) }
    if let permissions = body["install_params"]?["permissions"]?.string.flatMap({ Permissions($0) }) {
      installPermissions = permissions
    }
    if !isOwn {
      if let list = body["redirect_uris"]?.array { redirectURIs = list.compactMap(\.string) }
      if let text = body["name"]?.string { name = text }
      if let isPublic = body["bot_public"]?.bool { isBotPublic = isPublic }
    }
    guard errors.isEmpty else { throw errors.failure }
  }

  /// The limited intents can be switched by their flags.
  private mutating func changeIntents(_ flags: UInt64) {
    var intents = EventIntents()
    if flags & (1 << 12 | 1 << 13) != 0 { intents.insert(.guildPresences) }
    if flags & (1 << 14 | 1 << 15) != 0 { intents.insert(.guildMembers) }
    if flags & (1 << 18 | 1 << 19) != 0 { intents.insert(.messageContent) }
    approvedIntents = intents
  }
}
