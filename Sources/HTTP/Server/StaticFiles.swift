// Files that come with the program: fingerprinted names, compressed forms, long caching.

internal import CSystem
internal import Compression
internal import HTTPTypes
internal import Glibc

/// A folder of files that do not change while the server runs, read once at start.
///
///     let assets = try StaticFiles(folder: "Assets", prefix: "/assets")
///     assets.addRoutes(to: &router)
///     page.stylesheet(assets.url("app.css"))        // /assets/app.3f7a….css, cached for a year
///
/// Only what the scan found is ever served, so no path can lead out of the folder. Hidden files and links are left
/// out. Files of up to 256 KiB are kept in memory, text also as zstd and gzip; larger ones are sent from disk.
package struct StaticFiles: Sendable {
  /// One file.
  struct Asset: Sendable {
    let contentType: String
    let hash: String
    let size: Int64
    let path: String
    /// In memory, when small.
    let bytes: [UInt8]?
    /// Smaller forms by coding, in order of preference.
    let encoded: [(coding: String, bytes: [UInt8])]
  }

  /// Files larger than this stay on disk.
  package static let memoryLimit = 256 * 1024
  /// How many files a folder may hold.
  package static let maximumCount = 10_000

  private let prefix: String
  private let assets: [String: Asset]
  /// From fingerprinted to plain name.
  private let fingerprints: [String: String]

  /// Reads the folder. Takes time: call at start.
  ///
  /// - Parameters:
  ///   - folder: every regular file below it is served.
  ///   - prefix: of the addresses, such as `/assets`.
  ///   - compresses: whether text is kept compressed too; best compression takes its time, and gains nothing on
  ///     loopback.
  /// - Throws: `HTTPServerError.file`.
  package init(folder: String, prefix: String = "/assets", compresses: Bool = true) throws(HTTPServerError) {
    var assets: [String: Asset] = [:]
    for name in try FolderScan.files(in: folder, atMost: Self.maximumCount) {
      assets[name] = try Self.read("\(folder)/\(name)", compresses: compresses)
    }
    self.init(assets, prefix: prefix)
  }

  /// Serves files that the caller put together, by name. Takes time: call at start.
  ///
  /// - Parameters:
  ///   - contents: small files; they stay in memory.
  ///   - prefix: of the addresses, such as `/assets`.
  /// - Throws: `HTTPServerError.file`.
  package init(contents: [String: [UInt8]], prefix: String = "/assets") throws(HTTPServerError) {
    var assets: [String: Asset] = [:]
    for (name, bytes) in contents { assets[name] = try Self.asset(name, bytes, isKept: true) }
    self.init(assets, prefix: prefix)
  }

  private init(_ assets: [String: Asset], prefix: String) {
    self.prefix = prefix
    self.assets = assets
    fingerprints = Dictionary(
      assets.map { (Self.fingerprinted($0.key, $0.value.hash), $0.key) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The names that were found, in order.
  package var names: [String] { assets.keys.sorted() }

  /// The address of a file with its fingerprint, for pages; the plain address of a name that was not found.
  package func url(_ name: String) -> String {
    guard let asset = assets[name] else { return "\(prefix)/\(name)" }
    return "\(prefix)/\(Self.fingerprinted(name, asset.hash))"
  }

  /// Adds the route that serves the files, below the prefix.
  ///
  /// - Parameters:
  ///   - router: gets the route.
  ///   - name: of the route in logs and metrics.
  ///   - attributes: what the route says about itself.
  package func addRoutes(
    to router: inout Router, name: String = "assets", attributes: TypedValues = TypedValues()
  ) {
    router.get("\(prefix)/{file...}", .text, name: name, attributes: attributes) { request, file in
      try await response(for: file, request)
    }
  }

  /// The answer for a name, fingerprinted or plain. The fingerprinted one may be cached forever, the plain one must
  /// be asked about each time.
  ///
  /// - Throws: `HTTPProblem` 404.
  package func response(for name: String, _ request: HTTPRequest) async throws -> HTTPResponse {
    let plain = fingerprints[name]
    guard let asset = assets[plain ?? name] else { throw HTTPProblem.notFound }
    var fields: HTTPFields = [
      "Content-Type": asset.contentType, "X-Content-Type-Options": "nosniff",
      "Cache-Control": plain == nil ? "no-cache" : "public, max-age=31536000, immutable",
    ]
    let coding = ContentNegotiation.choose(
      asset.encoded.map(\.coding), acceptEncoding: request["Accept-Encoding"])
    if !asset.encoded.isEmpty { fields["Vary"] = "Accept-Encoding" }
    // Each form is a representation with a tag of its own.
    let validators = Validators(etag: "\"\(asset.hash)\(coding.map { "-" + $0 } ?? "")\"", lastModified: nil)
    if let bytes = asset.encoded.first(where: { $0.coding == coding })?.bytes ?? asset.bytes {
      if let coding { fields["Content-Encoding"] = coding }
      return HTTPResponse.ranged(request, size: Int64(bytes.count), validators: validators, fields: fields) {
        .bytes(bytes[Int($0.lowerBound)..<Int($0.upperBound)])
      }
    }
    return try await Self.largeFile(asset, request, validators, fields)
  }

  @concurrent
  private static func largeFile(
    _ asset: Asset, _ request: HTTPRequest, _ validators: Validators, _ fields: HTTPFields
  ) async throws -> HTTPResponse {
    let file = try OpenFile(asset.path)
    guard file.size == asset.size else {
      throw HTTPServerError(.file, "an asset changed while the server runs")
    }
    return HTTPResponse.ranged(request, size: file.size, validators: validators, fields: fields) {
      .file(FileBody(file: file, range: $0))
    }
  }

  /// `app.css` and a hash become `app.<hash>.css`.
  private static func fingerprinted(_ name: String, _ hash: String) -> String {
    let base = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
    guard let dot = name[base...].lastIndex(of: "."), dot != base else { return "\(name).\(hash)" }
    return "\(name[..<dot]).\(hash)\(name[dot...])"
  }

  private static func read(_ path: String, compresses: Bool) throws(HTTPServerError) -> Asset {
    let bytes = try OpenFile(path).contents()
    return try asset(path, bytes, isKept: bytes.count <= memoryLimit, compresses: compresses)
  }

  private static func asset(_ path: String, _ bytes: [UInt8], isKept: Bool, compresses: Bool = true)
    throws(HTTPServerError) -> Asset
  {
    let contentType = MediaType.of(path: path)
    var encoded: [(coding: String, bytes: [UInt8])] = []
    if compresses, isKept, bytes.count > 256, MediaType.isCompressible(contentType) {
      do {
        encoded = [
          ("zstd", try compress(bytes, as: .zstd, level: 19)),
          ("gzip", try compress(bytes, as: .gzip, level: 9)),
        ].filter { $0.1.count < bytes.count * 9 / 10 }
      } catch {
        throw HTTPServerError(.file, "an asset could not be compressed: \(error)")
      }
    }
    return Asset(
      contentType: contentType, hash: Fingerprint.of(bytes), size: Int64(bytes.count), path: path,
      bytes: isKept ? bytes : nil, encoded: encoded)
  }
}

/// A hash that tells versions of the same file apart. The files are the operator's own, so it need not resist an
/// attacker: FNV-1a with 64 bits.
enum Fingerprint {
  static func of(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return RequestID.text(hash)
  }
}

/// The regular files below a folder.
enum FolderScan {
  /// Names relative to the folder, in order. Hidden entries and links are left out.
  static func files(in folder: String, atMost maximum: Int) throws(HTTPServerError) -> [String] {
    var names: [String] = []
    var folders = [""]
    while let prefix = folders.popLast() {
      for entry in try entries(of: prefix.isEmpty ? folder : "\(folder)/\(prefix)") {
        let name = prefix.isEmpty ? entry : "\(prefix)/\(entry)"
        var status = stat()
        guard !entry.hasPrefix("."), lstat("\(folder)/\(name)", &status) == 0 else { continue }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: folders.append(name)
        case S_IFREG: names.append(name)
        default: break
        }
        guard names.count <= maximum else {
          throw HTTPServerError(.file, "\(folder) has over \(maximum) files")
        }
      }
    }
    return names.sorted()
  }

  private static func entries(of path: String) throws(HTTPServerError) -> [String] {
    guard let stream = opendir(path) else {
      throw HTTPServerError(.file, "\(path) cannot be read (errno \(csystem_errno()))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }
}
