// The CDN's place in the HTTP server: uploads are served back, everything else is drawn.

internal import DiscordCore
internal import EventLoop
internal import HTTPServer
internal import HTTPTypes
internal import SimulatorWorld

extension Router {
  /// Every path of the CDN, on the simulator's own address.
  mutating func addCDN(_ door: SimulatorDoor) {
    let cache = PictureCache()
    let paths = [
      "attachments", "avatars", "app-icons", "icons", "role-icons", "banners", "splashes",
      "discovery-splashes",
      "guild-events", "ephemeral-attachments", "emojis", "stickers", "embed", "guilds",
    ]
    for path in paths {
      get("/\(path)/{rest...}", .text, name: "cdn.\(path)") { request, _ in
        guard let address = CDNAddress(request.path.segments) else { throw HTTPProblem.notFound }
        let query = try request.query
        switch address {
        case .attachment(_, let id, let name):
          let found = await (try door.enter()).attachment(id, expires: query["ex"], code: query["hm"])
          return Self.file(found, name: name)
        case .upload(let key, let name):
          return Self.file(await (try door.enter()).interactionUpload(key), name: name)
        case .picture(let kind, let key):
          guard let size = CDNAddress.size(query["size"]) else {
            throw HTTPProblem.badRequest("Invalid size.")
          }
          if let upload = await (try door.enter()).upload(key, kind: kind) { return Self.picture(upload) }
          let bytes = try await cache.png(of: kind, name: key, size: size)
          return Self.picture(Picture(contentType: "image/png", bytes: bytes))
        }
      }
    }
  }

  private static func picture(_ picture: Picture) -> HTTPResponse {
    var response = HTTPResponse(contentType: picture.contentType, bytes: picture.bytes)
    response.fields["Cache-Control"] = "public, max-age=31536000, immutable"
    response.fields["Access-Control-Allow-Origin"] = "*"
    response.fields["X-Content-Type-Options"] = "nosniff"
    return response
  }

  /// A file as people uploaded it: a browser must not run it as a page of ours.
  private static func file(_ file: Picture?, name: String) -> HTTPResponse {
    guard let file else {
      return HTTPResponse(status: .notFound, text: "This content is no longer available.")
    }
    let isShown =
      ["image/", "video/", "audio/"].contains { file.contentType.hasPrefix($0) }
      && !file.contentType.hasPrefix("image/svg")
    var response = HTTPResponse(contentType: file.contentType, bytes: file.bytes)
    let plain = name.filter { $0.isASCII && $0 != "\"" && $0 != "\\" && !$0.isNewline }
    response.fields["Content-Disposition"] = "\(isShown ? "inline" : "attachment"); filename=\"\(plain)\""
    response.fields["Cache-Control"] = "public, max-age=86400"
    response.fields["X-Content-Type-Options"] = "nosniff"
    response.fields["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
  }
}

extension Simulator {
  /// The file of a message, when the link is signed and has not expired.
  func attachment(_ id: String, expires: String?, code: String?) -> Picture? {
    loop.checkIsolated()
    guard let id = AttachmentID(id), let place = world.attachments[id],
      let ex = expires.flatMap({ Int64($0, radix: 16) }), ex * 1_000 > world.now.milliseconds,
      code == World.signature(attachment: id, expires: ex),
      let file = world.channels[place.channel]?.messages[place.message]?.attachments.first(where: {
        $0.id == id
      })
    else { return nil }
    return Picture(contentType: file.contentType, bytes: file.bytes)
  }

  /// A file that a person gave to a command.
  func interactionUpload(_ key: String) -> Picture? {
    loop.checkIsolated()
    return (world.annex as? Annex)?.uploads[key]
  }

  /// A picture that somebody uploaded.
  func upload(_ key: String, kind: PictureKind) -> Picture? {
    loop.checkIsolated()
    if let picture = world.pictures[key] { return picture }
    switch kind {
    case .emoji:
      guard let id = EmojiID(key) else { return nil }
      return world.guilds.values.lazy.compactMap { $0.emojis[id]?.image }.first
        ?? world.applicationEmoji(id)?.image
    case .sticker:
      guard let id = StickerID(key) else { return nil }
      return world.guilds.values.lazy.compactMap { $0.stickers[id]?.image }.first
    default: return nil
    }
  }
}

extension World {
  /// An emoji of any application.
  func applicationEmoji(_ id: EmojiID) -> Emoji? {
    (annex as? Annex)?.store.emojis.values.lazy.compactMap { $0.first { $0.id == id } }.first
  }
}
