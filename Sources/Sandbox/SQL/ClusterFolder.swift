// The folder of the private PostgreSQL: made whole or not at all, owned by whoever runs the server.

import CSystem
import Glibc
import SandboxContract
import Telemetry

/// Why the private PostgreSQL does not run: for the operator's log, never for a plugin.
package struct ClusterFailure: Error, Sendable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}

/// Who runs the server.
struct ClusterAccount: Sendable {
  let name: String
  let user: uid_t
  let group: gid_t

  /// The account of the settings when we are root, else our own. Blocks.
  init(_ settings: ClusterSettings) throws(ClusterFailure) {
    var entry = passwd()
    var buffer = [CChar](repeating: 0, count: 4_096)
    var found: UnsafeMutablePointer<passwd>?
    if geteuid() == 0 {
      getpwnam_r(settings.account, &entry, &buffer, buffer.count, &found)
    } else {
      getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found)
    }
    guard found != nil, entry.pw_uid != 0, let name = entry.pw_name else {
      throw ClusterFailure("there is no account '\(settings.account)' to run PostgreSQL as")
    }
    (self.name, user, group) = (String(cString: name), entry.pw_uid, entry.pw_gid)
  }
}

/// Makes and checks the folder. Every call blocks: on a thread of ours.
struct ClusterFolder {
  let settings: ClusterSettings
  let account: ClusterAccount

  /// Makes the cluster unless it is there. `initdb` works in a folder beside it, which takes the name at the end: a cluster
  /// that is there is a whole one.
  func prepare() throws(ClusterFailure) {
    guard access(settings.program("postgres"), X_OK) == 0 else {
      throw ClusterFailure("PostgreSQL is not in \(settings.programs): install postgresql-15")
    }
    guard settings.folder.hasPrefix("/"), settings.folder.utf8.count <= 85 else {
      throw ClusterFailure("the folder of the plugins' database needs an absolute path of at most 85 bytes")
    }
    try make(settings.folder)
    try checkEntrance()
    if access("\(settings.data)/PG_VERSION", F_OK) != 0 { try create() }
    try write(ClusterSettings.authentication, "pg_hba.conf")
    // Root opens every folder anyway, and who runs the server owns it.
    let names = Set(["root", geteuid() == 0 ? "root" : account.name]).sorted()
    try write(
      names.map { "\(ClusterSettings.owner) \($0) \(ClusterSettings.owner)\n" }.joined(), "pg_ident.conf")
    unlink("\(settings.data)/postgresql.auto.conf.tmp")
  }

  private func create() throws(ClusterFailure) {
    let new = "\(settings.folder)/new"
    csystem_remove_tree(new)
    let arguments = [
      settings.program("initdb"), "-D", new, "-U", ClusterSettings.owner, "-A", "reject", "-E", "UTF8",
      "--locale=C.UTF-8", "--no-instructions", "--data-checksums",
    ]
    let process = try ClusterProcess.spawn(
      ClusterProcess.command(arguments, settings: settings, account: account), output: log)
    let status = process.waitToEnd()
    guard status == 0 else { throw ClusterFailure("initdb failed (status \(status)): \(lastWords)") }
    csystem_remove_tree(settings.data)
    guard rename(new, settings.data) == 0 else {
      throw ClusterFailure("the new cluster cannot be moved into its place (errno \(csystem_errno()))")
    }
  }

  /// What the server or `initdb` said last, from which values of statements are kept out by the settings.
  var lastWords: String {
    let lines = (SmallFile.text(log) ?? "").split(separator: "\n").suffix(3)
    return String(lines.joined(separator: " / ").prefix(500))
  }

  var log: String { "\(settings.folder)/server.log" }

  private func make(_ path: String) throws(ClusterFailure) {
    guard mkdir(path, 0o700) == 0 || csystem_errno() == EEXIST else {
      throw ClusterFailure("the folder \(path) cannot be made (errno \(csystem_errno()))")
    }
    guard geteuid() != 0 || chown(path, account.user, account.group) == 0, chmod(path, 0o700) == 0 else {
      throw ClusterFailure(
        "the folder \(path) cannot be given to '\(account.name)' (errno \(csystem_errno()))")
    }
  }

  private func write(_ text: String, _ name: String) throws(ClusterFailure) {
    let path = "\(settings.data)/\(name)"
    guard SmallFile.replace(path, text, owner: geteuid() == 0 ? (account.user, account.group) : nil) else {
      throw ClusterFailure("\(name) cannot be written (errno \(csystem_errno()))")
    }
  }

  /// Each folder above must let the account through, which root would not notice.
  private func checkEntrance() throws(ClusterFailure) {
    var path = ""
    for part in settings.folder.split(separator: "/").dropLast() {
      path += "/\(part)"
      var information = stat()
      guard stat(path, &information) == 0 else { continue }
      let mode = information.st_mode
      let isOpen =
        information.st_uid == account.user
        ? mode & 0o100 != 0 : information.st_gid == account.group ? mode & 0o010 != 0 : mode & 0o001 != 0
      guard isOpen else {
        throw ClusterFailure(
          "the account '\(account.name)', which runs the plugins' database, cannot enter \(path): allow it with chmod o+x"
        )
      }
    }
  }

  /// Ends what is left of an earlier server: one that outlived us, or children of one that was killed, which keep its
  /// memory in use for a while. They are known by the folder they work in.
  func endStrays() throws(ClusterFailure) {
    for attempt in 0..<200 {
      let strays = Self.processes(in: settings.data)
      guard !strays.isEmpty else { return }
      // One that is shutting down gets time for it: recovery afterwards costs more.
      if attempt == 0 { for stray in strays { kill(stray, SIGINT) } }
      if attempt >= 100 { for stray in strays { kill(stray, SIGKILL) } }
      usleep(50_000)
    }
    throw ClusterFailure("an earlier server of the plugins' database does not end")
  }

  private static func processes(in folder: String) -> [pid_t] {
    SmallFile.numbers(in: "/proc").filter { process in
      var target = [UInt8](repeating: 0, count: 512)
      let count = target.withUnsafeMutableBytes { buffer in
        guard let start = buffer.baseAddress else { return 0 }
        return readlink("/proc/\(process)/cwd", start, buffer.count)
      }
      return count > 0 && String(decoding: target[..<count], as: UTF8.self) == folder
    }
  }
}

/// Files of a few lines.
enum SmallFile {
  /// The entries of a folder that are numbers, as the kernel names processes and descriptors.
  static func numbers(in folder: String) -> [CInt] {
    guard let listing = opendir(folder) else { return [] }
    defer { closedir(listing) }
    var numbers: [CInt] = []
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = CInt(name) { numbers.append(number) }
    }
    return numbers
  }

  /// nil when it cannot be read. At most 64 KiB.
  static func text(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// Whole or not at all; false with `errno` set.
  static func replace(_ path: String, _ text: String, owner: (uid_t, gid_t)?) -> Bool {
    let new = path + ".new"
    let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else { return false }
    if let owner, fchown(descriptor, owner.0, owner.1) != 0 { return false }
    return rename(new, path) == 0
  }
}
