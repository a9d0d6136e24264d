// The words that components bring, out of the catalog.

package import HTML

extension StringCatalog {
  /// The words of the design system's components in this language.
  package var componentStrings: ComponentStrings {
    ComponentStrings(
      skipToContent: self["component.skipToContent"],
      openNavigation: self["component.openNavigation"],
      closeNavigation: self["component.closeNavigation"],
      mainNavigation: self["component.mainNavigation"],
      breadcrumb: self["component.breadcrumb"],
      darkTheme: self["component.darkTheme"],
      close: self["component.close"],
      dismiss: self["component.dismiss"],
      required: self["component.required"],
      error: self["component.error"],
      showSecret: self["component.showSecret"],
      hideSecret: self["component.hideSecret"],
      secretIsSet: self["component.secretIsSet"],
      copy: self["component.copy"],
      copied: self["component.copied"],
      pagination: self["component.pagination"],
      previousPage: self["component.previousPage"],
      nextPage: self["component.nextPage"],
      loading: self["component.loading"],
      actions: self["component.actions"],
      notifications: self["component.notifications"])
  }
}
