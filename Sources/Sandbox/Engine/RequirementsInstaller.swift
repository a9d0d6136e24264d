// Installs what a plugin requires into a folder, in a container that has a network and runs nothing of anybody's.

import Glibc
import JSON

/// A package that was installed.
package struct InstalledRequirement: Sendable, Hashable {
  package let name: String
  package let version: String
  /// SHA-256 of the wheel, in hex.
  package let hash: String
}

/// Installs wheels: they are unpacked and nothing in them is run.
package struct RequirementsInstaller: Sendable {
  /// Where wheels come from.
  package enum Source: Sendable, Hashable {
    /// The public index, over that network. An engine needs iptables for `.bridge`; `.host` needs nothing, and lets the
    /// step, in which only pip runs, see what this machine can reach.
    case index(ContainerNetwork)
    /// A folder of wheels, without any network.
    case folder(String)
  }

  private let client: EngineClient
  private let image: String
  private let installation: String
  private let source: Source
  private let sizeLimit: Int
  private let flights = SharedWork()
  /// Each takes three quarters of a gigabyte.
  private let turns = Turnstile(limit: 2, maximumWaiting: 64)

  /// An installer; costs nothing until it is used.
  ///
  /// - Parameters:
  ///   - client: the engine that runs pip.
  ///   - image: as `RuntimeImage.prepare` names it.
  ///   - installation: as for `ContainerLauncher`.
  ///   - source: where wheels come from.
  ///   - sizeLimit: bytes of everything that is installed.
  package init(
    client: EngineClient, image: String, installation: String, source: Source, sizeLimit: Int = 100 << 20
  ) {
    (self.client, self.image, self.installation) = (client, image, installation)
    (self.source, self.sizeLimit) = (source, sizeLimit)
  }

  /// Installs into a folder unless that was done: once for all who need it at the same time, and for two folders at a time.
  ///
  /// A caller that is cancelled waits all the same.
  ///
  /// - Parameters:
  ///   - list: what is to be there; the same for the same folder.
  ///   - folder: an absolute path whose parent exists.
  /// - Returns: the folder, to mount as a worker's requirements; nil for an empty list.
  /// - Throws: as `install`; `EngineError` with `.busy` when too many folders wait.
  package func prepare(_ list: RequirementsList, in folder: String) async throws -> String? {
    guard !list.lines.isEmpty else { return nil }
    if try await LocalFiles.exists(folder) { return folder }
    try await flights.run(folder) {
      // Somebody may have been at it between the look above and this.
      if try await LocalFiles.exists(folder) { return }
      try await self.turns.pass { _ = try await self.install(list, into: folder) }
    }
    return folder
  }

  /// Installs into a folder, whose parent must exist. Of two that install into the same folder at the same time, in whatever
  /// process, both succeed, and the first one's packages stay.
  ///
  /// - Returns: what was installed, with hashes, sorted by name; nothing, and no folder, for an empty list.
  /// - Throws: `EngineError`: `.badRequirements` with a reason for the plugin's author, or the engine's own. Nothing is left
  ///   in the folder then.
  func install(_ list: RequirementsList, into folder: String) async throws -> [InstalledRequirement] {
    guard !list.lines.isEmpty else { return [] }
    // Nobody else's, who may install the same for another owner.
    let work = "\(folder).\(String(UInt64.random(in: .min ... .max), radix: 36)).work"
    let outcome: Result<[InstalledRequirement], any Error>
    do { outcome = .success(try await install(list, folder, work)) } catch { outcome = .failure(error) }
    // In a task of its own, since this one may be cancelled. What cannot be removed is pruned when it is old.
    await Task { try? await LocalFiles.remove(work) }.value
    return try outcome.get()
  }

  private func install(
    _ list: RequirementsList, _ folder: String, _ work: String
  ) async throws -> [InstalledRequirement] {
    try await LocalFiles.makeFolder(work, mode: 0o755)
    try await LocalFiles.open(work)
    let text = list.lines.joined(separator: "\n") + "\n"
    try await LocalFiles.write(Array(text.utf8), to: "\(work)/requirements.txt", mode: 0o644)
    let spec = spec(work, trustsMachine: try await LocalFiles.exists(Self.authorities))
    let result = try await client.run(
      once: OneShot(spec, deadline: .seconds(240), outputLimit: 256 << 10), installation: installation)
    guard result.exitCode == 0, !result.isTimedOut, !result.isTruncated else { throw Self.failure(result) }
    let packages = "\(work)/packages"
    guard try await LocalFiles.size(of: packages) <= sizeLimit else {
      throw EngineError(.badRequirements, reason: "they take more than \(sizeLimit >> 20) MiB")
    }
    let report = try await LocalFiles.read("\(work)/report.json", limit: 32 << 20)
    let installed = try Self.installed(report)
    try await LocalFiles.seal(packages)
    // Whoever was first installed the same.
    _ = try await LocalFiles.move(packages, to: folder)
    return installed
  }

  /// A bundle of certificates, at Debian's place for it, here and in the image.
  private static let authorities = "/etc/ssl/certs/ca-certificates.crt"

  private func spec(_ work: String, trustsMachine: Bool) -> ContainerSpec {
    var command = [
      "/usr/bin/python3", "/usr/lib/guildhall/pip/pip", "install", "--quiet", "--no-input",
      "--disable-pip-version-check", "--no-cache-dir", "--no-warn-script-location", "--only-binary", ":all:",
      "--target", "/output/packages", "--report", "/output/report.json", "--requirement",
      "/output/requirements.txt",
    ]
    var spec = ContainerSpec(image: image, command: command)
    spec.mounts = [ContainerMount(source: work, target: "/output", isWritable: true)]
    switch source {
    case .index(let network):
      spec.network = network
      // Whom this machine trusts: behind a proxy of the operator's that is more than the image knows.
      spec.command += ["--cert", Self.authorities]
      if trustsMachine {
        spec.mounts.append(ContainerMount(source: Self.authorities, target: Self.authorities))
      }
    case .folder(let wheels):
      command += ["--no-index", "--find-links", "/plugin"]
      spec.command = command
      spec.mounts.append(ContainerMount(source: wheels, target: "/plugin"))
    }
    // Everything lies in /tmp before it moves to its place, so that is the bound on what is fetched and unpacked.
    spec.limits.temporaryBytes = sizeLimit * 5 / 2
    spec.limits.memory = (512 << 20) + spec.limits.temporaryBytes
    spec.limits.fileBytes = sizeLimit
    spec.limits.nanoCores = 1_000_000_000
    // What it leaves must be ours to move and remove.
    if getuid() != 0 { spec.user = "\(getuid()):\(getgid())" }
    return spec
  }

  private static func failure(_ result: OneShotResult) -> EngineError {
    let words = String(decoding: result.errors.suffix(1500), as: UTF8.self)
    let reason =
      if result.isTimedOut {
        "installing took too long"
      } else if result.exitCode == 137 || words.contains("No space left") || words.contains("File too large")
      {
        "they are too large"
      } else if words.contains("No matching distribution") {
        "there is no wheel for one of them"
      } else { "pip failed" }
    return EngineError(.badRequirements, reason: reason, detail: words)
  }

  /// Reads pip's report (its own documentation: "Installation Report").
  static func installed(_ report: [UInt8]) throws -> [InstalledRequirement] {
    guard let list = try EngineClient.json(report)["install"]?.array else {
      throw EngineError(.protocolViolation, reason: "pip's report has no list")
    }
    let installed: [InstalledRequirement] = try list.map { entry in
      let archive = entry["download_info"]?["archive_info"]
      guard let name = entry["metadata"]?["name"]?.string,
        let version = entry["metadata"]?["version"]?.string,
        let hash = archive?["hashes"]?["sha256"]?.string
      else { throw EngineError(.protocolViolation, reason: "pip's report lacks a name, a version or a hash") }
      return InstalledRequirement(name: name, version: version, hash: hash)
    }
    return installed.sorted { $0.name < $1.name }
  }
}
