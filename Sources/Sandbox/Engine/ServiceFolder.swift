// Where an engine of our own keeps its things, and what it is told about this machine.

import Glibc
import Vault

/// The files of a Podman that nobody else uses. Images and containers stay in the folder; what does not outlive the
/// machine's start lies in a folder with the start's name, so that Podman never takes a dead container for a running one.
///
/// That one is not in the folder: Podman refuses a path of more than 50 bytes for it, and not where it is started but where
/// it clears up after a container. Nobody hears of that, and each end of a container takes twenty seconds.
struct ServiceFolder: Sendable {
  let path: String
  private let run: String

  /// Makes what is missing.
  ///
  /// - Throws: `EngineError` with `.fileSystem`, or `.startFailed` where the path is too long for a socket.
  init(_ path: String) async throws {
    self.path = path
    let id = try await LocalFiles.read("/proc/sys/kernel/random/boot_id", limit: 1 << 20)
    let boot = String(decoding: id.prefix(8), as: UTF8.self)
    run = "\(Self.runs)/\(Hex.encode(SHA256.hash(Array(path.utf8))).prefix(8))-\(boot)"
    // A socket's address has 108 bytes, the last one zero.
    guard socket.utf8.count < 108 else {
      throw EngineError(.startFailed, reason: "the path of its folder is too long for a socket")
    }
    // Of versions that had the other folder in this one.
    try await LocalFiles.blocking { _ = umount2("\(path)/storage/overlay", CInt(MNT_DETACH)) }
    // What is still in use there is in nobody's way.
    try? await LocalFiles.remove("\(path)/storage")
    for folder in [path, run, "\(path)/tmp"] { try await LocalFiles.makeFolder(folder) }
  }

  var socket: String { "\(path)/podman.sock" }
  var log: String { "\(path)/service.log" }
  private static let runs = "/run/guildhall"
  /// What Podman measures.
  var runRoot: String { "\(run)/storage" }
  /// Podman keeps in it where the other folder is and goes by that: a place from before that was moved is of no use.
  private var layers: String { "\(path)/layers" }
  private var configuration: String { "\(path)/containers.conf" }
  private var storage: String { "\(path)/storage.conf" }

  /// What the service's process has in its environment, and nothing else.
  var environment: [String: String] {
    [
      "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": path,
      "TMPDIR": "\(path)/tmp", "CONTAINERS_CONF": configuration, "CONTAINERS_STORAGE_CONF": storage,
    ]
  }

  /// Writes the settings.
  func write(runtime: String) async throws {
    // Limits by name: without the right to raise limits, the defaults cannot be set. The events go to a file, because
    // there may be no journal; control groups are made by hand, because there may be no systemd.
    let containers = """
      [containers]
      default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
      netns = "none"
      log_driver = "none"
      [engine]
      runtime = "\(runtime)"
      cgroup_manager = "cgroupfs"
      events_logger = "file"
      tmp_dir = "\(run)/libpod"
      image_default_transport = "docker://"
      [network]
      network_backend = "netavark"

      """
    let disk = """
      [storage]
      driver = "overlay"
      graphroot = "\(layers)"
      runroot = "\(runRoot)"

      """
    try await LocalFiles.write(Array(containers.utf8), to: configuration)
    try await LocalFiles.write(Array(disk.utf8), to: storage)
  }

  /// Takes back what Podman leaves behind: it mounts the folder of its layers on itself, and nobody could remove the folder;
  /// and what lies outside of the folder, unless a container is left that it is about.
  func unmount() async {
    // Not mounted, or not ours to unmount: then there is nothing to do.
    try? await LocalFiles.blocking { [layers] in
      _ = umount2("\(layers)/overlay", CInt(MNT_DETACH))
    }
    guard let left = try? await LocalFiles.entries(of: "\(runRoot)/overlay-containers"), left.isEmpty
    else { return }
    try? await LocalFiles.remove(run)
  }

  /// The service's last words.
  func lastWords() async -> String {
    // Only to explain a failure that is thrown anyway.
    guard let text = try? await LocalFiles.read(log, limit: 1 << 20) else { return "" }
    return String(decoding: text.suffix(2000), as: UTF8.self)
  }
}
