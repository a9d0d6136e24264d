// Fetching pictures and files that people attached: from Discord's own servers, and from nowhere else. No call of the
// API, and counted against none of its limits.

internal import DiscordLimits
package import DiscordModels
package import HTTPClient
internal import HTTPTypes

extension RESTClient {
  /// Where Discord keeps what is attached (https://discord.com/developers/docs/reference#cdn-endpoints).
  private static let fileHosts = ["https://cdn.discordapp.com/", "https://media.discordapp.net/"]

  /// The bytes of an attachment, by the address that Discord gave it. Sent without the bot's token.
  ///
  /// - Throws: `RESTError`: `.userMistake` for an address of somebody else or a file larger than `limit`, `.gone` for one
  ///   that is not there any more, `.unavailable`.
  package func file(at url: String, limit: Int) async throws(RESTError) -> [UInt8] {
    let route = RouteKey(method: "GET", template: "/attachments")
    guard (Self.fileHosts + [origin + "/"]).contains(where: { url.hasPrefix($0) }) else {
      throw RESTError(
        .invalidCall, kind: .userMistake, route: route, detail: "the file does not lie at Discord")
    }
    let response: HTTPClient.Response
    do throws(HTTPError) {
      response = try await download(url, "*/*", atMost: limit, within: .seconds(8))
    } catch {
      switch error.code {
      case .cancelled: throw RESTError(.cancelled, kind: .cancelled, route: route)
      case .tooLarge:
        throw RESTError(.invalidCall, kind: .userMistake, route: route, detail: "the file is too large")
      default:
        throw RESTError(.unavailable, kind: .unavailable, route: route, detail: error.description)
      }
    }
    let status = Int(response.head.status.code)
    switch status {
    case 200: return response.body
    // Links are signed, and end.
    case 403, 404: throw RESTError(.refused, kind: .gone, route: route, status: status)
    default: throw RESTError(.unavailable, kind: .unavailable, route: route, status: status)
    }
  }

  /// The picture server that belongs to the API.
  package var cdn: CDN { CDN(besideAPI: configuration.base) }

  /// Fetches a picture from the picture server. Sent without the bot's token.
  ///
  /// - Parameters:
  ///   - address: as `cdn` makes it.
  ///   - limit: in bytes; a longer picture is not loaded to its end.
  ///   - deadline: for everything, waiting for a connection included.
  /// - Returns: nil for an address that is not the picture server's, and for what it does not have.
  /// - Throws: `HTTPError`.
  package func picture(
    _ address: String, atMost limit: Int, within deadline: Duration
  ) async throws(HTTPError) -> [UInt8]? {
    guard address.hasPrefix(cdn.base + "/") else { return nil }
    let response = try await download(address, "image/*", atMost: limit, within: deadline)
    return response.status.code == 200 ? response.body : nil
  }

  /// Asks a server that is no part of the API, and gets no token.
  private func download(
    _ address: String, _ accepted: String, atMost limit: Int, within deadline: Duration
  ) async throws(HTTPError) -> HTTPClient.Response {
    var request = HTTPClient.Request(address)
    request.fields.append("User-Agent", configuration.userAgent)
    request.fields.append("Accept", accepted)
    request.timeouts = HTTPClient.Timeouts(connect: deadline, firstByte: deadline, total: deadline)
    request.responseLimit = limit
    return try await http.send(request)
  }

  /// Scheme and host of the base: a stand-in for Discord keeps its files there.
  private var origin: String {
    let base = configuration.base
    guard let scheme = base.firstRange(of: "://"),
      let slash = base[scheme.upperBound...].firstIndex(of: "/")
    else { return base }
    return String(base[..<slash])
  }
}
