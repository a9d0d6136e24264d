// What a bot shows of itself: opcode 3.

internal import JSON

/// A bot's presence (https://discord.com/developers/docs/events/gateway-events#update-presence).
package struct PresenceUpdate: Hashable, Sendable {
  /// The coloured dot.
  package enum Status: String, Hashable, Sendable {
    case online, idle, invisible, offline
    case doNotDisturb = "dnd"
  }

  /// What the bot is said to do.
  package struct Activity: Hashable, Sendable {
    /// The kinds that bots may use.
    package enum Kind: Int, Hashable, Sendable {
      case playing = 0
      /// With a `url` of Twitch or YouTube.
      case streaming = 1
      case listening = 2
      case watching = 3
      /// Only `state` is shown.
      case custom = 4
      case competing = 5
    }

    /// What stands before the name: playing, listening to ….
    package var kind: Kind
    /// 1 to 128 characters; not shown for `.custom`.
    package var name: String
    /// Shown below the name, or alone for `.custom`; up to 128 characters.
    package var state: String?
    /// For `.streaming` alone.
    package var url: String?

    package init(_ kind: Kind, name: String, state: String? = nil, url: String? = nil) {
      (self.kind, self.name, self.state, self.url) = (kind, name, state, url)
    }

    /// A custom status of these words.
    package static func custom(_ words: String) -> Activity {
      Activity(.custom, name: "Custom Status", state: words)
    }
  }

  /// The coloured dot; `.invisible` and `.offline` look the same.
  package var status: Status
  /// Discord shows the first one.
  package var activities: [Activity]
  /// Since when the bot has been idle, in milliseconds since 1970.
  package var idleSince: Int64?
  package var isAFK: Bool

  package init(
    _ status: Status = .online, activities: [Activity] = [], idleSince: Int64? = nil, isAFK: Bool = false
  ) {
    (self.status, self.activities, self.idleSince, self.isAFK) = (status, activities, idleSince, isAFK)
  }

  /// Checks what Discord would refuse or silently drop.
  ///
  /// - Throws: `.invalidPayload` with the field.
  package func validate() throws(GatewayError) {
    for activity in activities {
      guard (1...128).contains(activity.name.count) else {
        throw .invalid("activities.name has 1 to 128 characters")
      }
      guard (activity.state?.count ?? 0) <= 128 else {
        throw .invalid("activities.state has at most 128 characters")
      }
      if activity.kind == .custom, activity.state?.isEmpty ?? true {
        throw .invalid("activities.state is what a custom status shows")
      }
      if let url = activity.url {
        guard activity.kind == .streaming else { throw .invalid("activities.url is for streaming alone") }
        guard Self.streams.contains(where: url.hasPrefix) else {
          throw .invalid("activities.url leads to Twitch or YouTube")
        }
      }
    }
  }

  private static let streams = [
    "https://twitch.tv/", "https://www.twitch.tv/", "https://youtube.com/", "https://www.youtube.com/",
    "https://youtu.be/",
  ]

  func write(to json: inout JSONWriter) {
    json.object { json in
      if let idleSince { json.field("since", idleSince) } else { json.fieldNull("since") }
      json.array("activities") { json in
        for activity in activities {
          json.object { json in
            json.field("name", activity.name)
            json.field("type", activity.kind.rawValue)
            if let state = activity.state { json.field("state", state) }
            if let url = activity.url { json.field("url", url) }
          }
        }
      }
      json.field("status", status.rawValue)
      json.field("afk", isAFK)
    }
  }
}
