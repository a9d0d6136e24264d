// The dashboard's manifest: where it is, and whether the sources answer to it (plugin-host contract, section 22).

import JSON
import SandboxContract

extension ManifestReader {
  mutating func readDashboard(_ object: JSONObject, into manifest: inout GuestManifest) {
    guard let (written, path) = dashboardSource(object) else {
      if scan.usesDashboard {
        findings.warn(
          "dashboard_handler_without_manifest",
          "The sources answer to a dashboard that the plugin does not have.")
      }
      return
    }
    let (dashboard, problems, remarks) = GuestDashboard.read(written, files: Set(files.map(\.path)))
    for problem in problems { findings.error("dashboard_manifest_invalid", problem, path: path) }
    for remark in remarks { findings.warn("dashboard_manifest_odd", remark, path: path) }
    manifest.dashboard = written
    keep(dashboard)
    checkDashboard(dashboard, path)
  }

  /// The object, and the file it is in.
  private mutating func dashboardSource(_ object: JSONObject) -> (JSONObject, String)? {
    let named = object["dashboard_manifest"]
    let path =
      files.first { $0.path == "dashboard_manifest.json" }?.path
      ?? named?.string
      ?? files.first { $0.path.hasSuffix("/dashboard_manifest.json") }?.path
    if path == nil || (named?.object != nil && content(path ?? "") == nil) {
      return named?.object.map { ($0, Self.file) }
    }
    guard let path, let file = content(path) else {
      findings.error(
        "dashboard_manifest_unparseable",
        "The manifest names a file for the dashboard that the plugin does not bring.",
        path: Self.file)
      return nil
    }
    guard let value = Self.parse(file, "dashboard_manifest", "dashboard_manifest_unparseable", &findings)
    else {
      return nil
    }
    guard let object = value.object else {
      findings.error("dashboard_manifest_invalid", "\(file.path) is no JSON object.", path: file.path)
      return nil
    }
    return (object, file.path)
  }

  private mutating func checkDashboard(_ dashboard: GuestDashboard, _ path: String) {
    var used: Set<String> = []
    for page in dashboard.pages {
      used.formUnion(page.sources.map(\.method))
      for widget in page.widgets {
        if case .method(let method, _) = widget.feed { used.insert(method) }
        if let method = widget.writingMethod { used.insert(method) }
      }
    }
    for method in used.subtracting(scan.dashboardMethods).sorted() {
      let sentence = "No on_dashboard(\"\(method)\") answers to the dashboard."
      if scan.hasDynamicDashboard {
        findings.warn("dashboard_rpc_method_missing_handler", sentence, path: path)
      } else {
        findings.error("dashboard_rpc_method_missing_handler", sentence, path: path)
      }
    }
    for method in dashboard.methods.keys.sorted()
    where !scan.dashboardMethods.contains(method) && !used.contains(method) && !scan.hasDynamicDashboard {
      findings.warn(
        "dashboard_declared_rpc_no_handler",
        "\"rpc\" names \(method), and no on_dashboard(\"\(method)\") answers to it.",
        path: path)
    }
  }
}
