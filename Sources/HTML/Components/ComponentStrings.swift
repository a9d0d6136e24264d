// The few words components bring of themselves.

/// Every word a component writes that its caller did not hand it. A page's string catalog supplies them; there are no
/// defaults, so that no language is half done.
package struct ComponentStrings: Sendable {
  package var skipToContent: String
  package var openNavigation: String
  package var closeNavigation: String
  package var mainNavigation: String
  package var breadcrumb: String
  package var darkTheme: String
  package var close: String
  package var dismiss: String
  package var required: String
  /// Read out before the text of an error, such as "Error:".
  package var error: String
  package var showSecret: String
  package var hideSecret: String
  /// Says that a secret is stored and an empty field keeps it.
  package var secretIsSet: String
  package var copy: String
  package var copied: String
  package var pagination: String
  package var previousPage: String
  package var nextPage: String
  /// Read out while something loads, such as "Loading".
  package var loading: String
  package var actions: String
  package var notifications: String

  package init(
    skipToContent: String, openNavigation: String, closeNavigation: String, mainNavigation: String,
    breadcrumb: String, darkTheme: String, close: String, dismiss: String, required: String, error: String,
    showSecret: String, hideSecret: String, secretIsSet: String, copy: String, copied: String,
    pagination: String, previousPage: String, nextPage: String, loading: String, actions: String,
    notifications: String
  ) {
    self.skipToContent = skipToContent
    self.openNavigation = openNavigation
    self.closeNavigation = closeNavigation
    self.mainNavigation = mainNavigation
    self.breadcrumb = breadcrumb
    self.darkTheme = darkTheme
    self.close = close
    self.dismiss = dismiss
    self.required = required
    self.error = error
    self.showSecret = showSecret
    self.hideSecret = hideSecret
    self.secretIsSet = secretIsSet
    self.copy = copy
    self.copied = copied
    self.pagination = pagination
    self.previousPage = previousPage
    self.nextPage = nextPage
    self.loading = loading
    self.actions = actions
    self.notifications = notifications
  }
}
