// SKUs, entitlements for tests, and the subscriptions that come of them.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let entitlementRoutes: [RESTRoute] = [
    RESTRoute(.get, "/applications/{application.id}/skus") { call, world throws(RESTFailure) in
      let application = try call.ownApplication
      let skus = try world.services.store.skus.values.filter { $0.application == application }.sorted {
        $0.id < $1.id
      }
      return .ok(.array(skus.map(\.json)))
    },
    RESTRoute(.post, "/sim/applications/{application.id}/skus", isPublic: true) {
      call, world throws(RESTFailure) in
      let application = try call.id("application.id", Entity.Application.self)
      guard world.applications[application] != nil else { throw .unknown(.application) }
      let type = Int(call.body?["type"]?.int64 ?? 5)
      // 1 << 2: available; 1 << 7: for guilds; 1 << 8: for users.
      let flags = Int(call.body?["flags"]?.int64 ?? (1 << 2 | 1 << 7))
      let sku = SKU(
        id: world.newID(), application: application, name: call.body?["name"]?.string ?? "Premium",
        type: type, flags: flags)
      try world.services.store.skus[sku.id] = sku
      return .created(sku.json)
    },
    RESTRoute(.get, "/applications/{application.id}/entitlements") { call, world throws(RESTFailure) in
      let application = try call.ownApplication
      let (user, guild) = (
        try call.queryID("user_id", Entity.User.self), try call.queryID("guild_id", Entity.Guild.self)
      )
      let limit = try call.number("limit", in: 1...100, default: 100)
      let skus = Set((call.query("sku_ids") ?? "").split(separator: ",").compactMap { SKUID($0) })
      let (before, after) = (
        try call.queryID("before", Entity.Entitlement.self),
        try call.queryID("after", Entity.Entitlement.self)
      )
      let now = world.now
      let found = try world.services.store.entitlements.filter { one in
        guard one.application == application, user == nil || one.user == user,
          guild == nil || one.guild == guild
        else { return false }
        guard skus.isEmpty || skus.contains(one.sku), before.map({ one.id < $0 }) ?? true,
          after.map({ one.id > $0 }) ?? true
        else { return false }
        if call.flag("exclude_ended"), let end = one.endsAt, end <= now { return false }
        return !(one.isDeleted && call.flag("exclude_deleted", default: true))
      }
      return .ok(.array((after == nil ? Array(found.suffix(limit)) : Array(found.prefix(limit))).map(\.json)))
    },
    RESTRoute(.get, "/users/@me/applications/{application.id}/entitlements") {
      call, world throws(RESTFailure) in
      guard case .bearer(let user?, let application, _) = call.caller else { throw .unauthorized }
      guard try call.id("application.id", Entity.Application.self) == application else {
        throw .missingAccess
      }
      let skus = Set(
        call.query.filter { $0.name == "sku_ids" }.flatMap { $0.value.split(separator: ",") }.compactMap {
          SKUID($0)
        })
      let found = try world.services.store.entitlements.filter { one in
        one.application == application && one.user == user && !one.isDeleted
          && (skus.isEmpty || skus.contains(one.sku))
          && !(one.isConsumed && call.flag("exclude_consumed"))
      }
      return .ok(.array(found.map(\.json)))
    },
    RESTRoute(.get, "/applications/{application.id}/entitlements/{entitlement.id}") {
      call, world throws(RESTFailure) in
      .ok(try world.services.entitlement(call).json)
    },
    RESTRoute(.post, "/applications/{application.id}/entitlements") { call, world throws(RESTFailure) in
      let application = try call.ownApplication
      let services = try world.services
      guard let sku = call.body?["sku_id"]?.snowflake.map({ SKUID($0) }),
        services.store.skus[sku]?.application == application
      else {
        throw .unknown(.sku)
      }
      guard let owner = call.body?["owner_id"]?.snowflake, let type = call.body?["owner_type"]?.int64,
        [1, 2].contains(type)
      else {
        throw .invalid("owner_id", code: "BASE_TYPE_REQUIRED", "This field is required")
      }
      var entitlement = Entitlement(id: world.newID(), application: application, sku: sku)
      if type == 1 {
        guard let guild = world.guilds[GuildID(owner)] else { throw .unknown(.guild) }
        (entitlement.guild, entitlement.purchaser) = (guild.id, guild.ownerID)
      } else {
        entitlement.user = try world.user(UserID(owner)).id
      }
      services.store.entitlements.append(entitlement)
      world.publish("ENTITLEMENT_CREATE", entitlement.json, to: .application(application))
      return .ok(entitlement.json)
    },
    RESTRoute(.post, "/applications/{application.id}/entitlements/{entitlement.id}/consume") {
      call, world throws(RESTFailure) in
      var entitlement = try world.services.entitlement(call)
      guard try world.services.store.skus[entitlement.sku]?.type == 3, !entitlement.isConsumed else {
        throw RESTFailure(status: 400, code: 50018, message: "Cannot consume this entitlement")
      }
      entitlement.isConsumed = true
      try world.services.replace(entitlement)
      world.publish("ENTITLEMENT_UPDATE", entitlement.json, to: .application(entitlement.application))
      return .noContent
    },
    RESTRoute(.delete, "/applications/{application.id}/entitlements/{entitlement.id}") {
      call, world throws(RESTFailure) in
      var entitlement = try world.services.entitlement(call)
      entitlement.isDeleted = true
      try world.services.replace(entitlement)
      world.publish("ENTITLEMENT_DELETE", entitlement.json, to: .application(entitlement.application))
      return .noContent
    },
    RESTRoute(.get, "/skus/{sku.id}/subscriptions") { call, world throws(RESTFailure) in
      .ok(.array(try world.services.subscriptions(of: try call.id("sku.id"), call, at: world.now)))
    },
    RESTRoute(.get, "/skus/{sku.id}/subscriptions/{subscription.id}") { call, world throws(RESTFailure) in
      let id = try call.id("subscription.id", Entity.Subscription.self)
      let list = try world.services.subscriptions(of: try call.id("sku.id"), call, at: world.now)
      guard let found = list.first(where: { $0["id"]?.snowflake == id.rawValue }) else {
        throw .unknown(.entitlement)
      }
      return .ok(found)
    },
  ]
}

extension Annex {
  fileprivate func entitlement(_ call: RESTCall) throws(RESTFailure) -> Entitlement {
    let (application, id) = (try call.ownApplication, try call.id("entitlement.id", Entity.Entitlement.self))
    guard let found = store.entitlements.first(where: { $0.id == id && $0.application == application }) else {
      throw .unknown(.entitlement)
    }
    return found
  }

  fileprivate func replace(_ entitlement: Entitlement) {
    store.entitlements = store.entitlements.map { $0.id == entitlement.id ? entitlement : $0 }
  }

  /// One for each live entitlement of a subscription SKU, under the entitlement's id.
  fileprivate func subscriptions(of sku: SKUID, _ call: RESTCall, at now: Timestamp) throws(RESTFailure)
    -> [JSONValue]
  {
    guard let found = store.skus[sku], found.application == call.application else { throw .unknown(.sku) }
    let user = try call.queryID("user_id", Entity.User.self)
    guard found.type == 5 || found.type == 6 else { return [] }
    return store.entitlements.filter { $0.sku == sku && !$0.isDeleted && (user == nil || $0.user == user) }
      .map { one in
        var json = Fields()
        json.put("id", one.id)
        json.put("user_id", one.user ?? one.purchaser)
        json.put("sku_ids", [one.sku])
        json.put("entitlement_ids", [one.id])
        json.put("renewal_sku_ids", JSONValue.null)
        json.put("current_period_start", one.startsAt ?? one.id.createdAt)
        json.put("current_period_end", one.endsAt ?? one.id.createdAt + .seconds(30 * 86_400))
        json.put("status", 0)
        json.put("canceled_at", JSONValue.null)
        return json.value
      }
  }
}
