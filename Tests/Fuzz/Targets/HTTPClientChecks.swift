// What the client makes of addresses that users write and of what servers answer.

import EventLoop
import HTTPClient
import HTTPTypes

let clientChecks: [HTTPCheck] = [
  { try checkURL($0.allText) },
  { checkReference(&$0) },
  { checkPublicAddress($0.allBytes) },
  { checkRetryAfter(&$0) },
  { checkResponseHead($0.allBytes) },
  { try checkForm(&$0) },
]

private func checkURL(_ text: String) throws {
  for schemes in [HTTPTarget.Schemes.http, .webSocket] {
    guard let target = try? HTTPTarget(parsing: text, schemes: schemes) else { continue }
    check(target)
    guard (try? OutboundPolicy.publicOnly().requiresPublicAddress(for: target)) != nil else { continue }
    switch target.host {
    case .ipv4(let bytes), .ipv6(let bytes):
      require(PublicAddress.classify(bytes).isAllowed, "an address that is not public")
    case .name(let name):
      require(name.contains(".") && !name.hasSuffix(".local"), "a local name")
    }
  }
}

/// The plain form means the same, and nothing in it can be read in two ways.
private func check(_ target: HTTPTarget) {
  require((try? HTTPTarget(parsing: target.url)) == target, "a URL does not survive")
  require(target.port > 0, "port 0")
  require(target.url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }, "a character no URL may hold")
  require(
    !target.authority.utf8.contains { $0 == 0x40 || $0 == 0x25 || $0 == 0x23 }, "an ambiguous authority")
  require(target.pathAndQuery.utf8.first == 0x2F && !target.pathAndQuery.utf8.contains(0x23), "no path")
}

private func checkReference(_ reader: inout InputReader) {
  let base = reader.text()
  let bases = ["https://example.com/a/b?c", "http://[2606:4700::1]:8080/", base]
  let reference = reader.allText
  for base in bases {
    guard let base = try? HTTPTarget(parsing: base), let target = try? base.resolving(reference) else {
      continue
    }
    check(target)
    // Without a scheme and without an authority of its own, a reference stays where it is.
    let isRelative = !reference.utf8.contains(0x3A) && !reference.hasPrefix("//")
    require(!isRelative || target.isSameOrigin(as: base), "a path led to another host")
  }
}

/// The rules in other words, for the ranges that matter most.
private func checkPublicAddress(_ bytes: [UInt8]) {
  for bytes in [Array(bytes.prefix(4)), Array(bytes.prefix(16)), bytes] {
    guard PublicAddress.classify(bytes).isAllowed else { continue }
    switch bytes.count {
    case 4:
      require(![0, 10, 127].contains(bytes[0]) && bytes[0] < 224, "an IPv4 network that is not public")
      require(bytes[0] != 172 || bytes[1] & 0xF0 != 16, "172.16.0.0/12")
      require(
        !(bytes[0] == 192 && bytes[1] == 168) && !(bytes[0] == 169 && bytes[1] == 254), "a local network")
      require(bytes[0] != 100 || bytes[1] & 0xC0 != 64, "100.64.0.0/10")
    case 16:
      require(bytes[0] & 0xE0 == 0x20, "outside of 2000::/3")
      require(!(bytes[0] == 0x20 && bytes[1] == 0x02), "6to4")
    default: require(false, "an address of another length")
    }
  }
}

private func checkRetryAfter(_ reader: inout InputReader) {
  let now = Timestamp(milliseconds: Int64(reader.number() >> 20))
  guard let wait = RetryAfter.parse(reader.allText, now: now) else { return }
  require(wait >= .zero && wait <= .seconds(86_400), "a wait outside of a day")
}

private func checkResponseHead(_ bytes: [UInt8]) {
  guard let head = fuzzResponseHead(bytes.lines) else { return }
  require((200..<600).contains(head.status.code), "an answer that is not final")
  require(head.fields.fields.allSatisfy { !$0.name.isEmpty }, "a field without a name")
}
