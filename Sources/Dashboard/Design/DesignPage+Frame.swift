// /design: what stands around a page.

import HTML
import Resources

extension DesignPage {
  /// The frame this page wears.
  var exampleFrame: PageShell.Frame {
    var frame = PageShell.Frame()
    frame.switcher = ServerSwitcher(
      name: strings["design.fr.server"], detail: strings["design.fr.role"], link: "/design?switch")
    frame.isSidebarCollapsed = isSidebarCollapsed
    frame.bell = NoticeBell("#messages", unread: 3)
    frame.account = AccountMenu(
      name: strings["design.fr.account"], detail: strings["design.fr.account.detail"],
      links: [
        NavigationGroup.Item(strings["design.fr.servers"], link: "/design?servers", icon: .server),
        NavigationGroup.Item(strings["design.fr.privacy"], link: "/design?data", icon: .shield),
      ], signOut: PostTarget("/design/sign-out", hidden: [("csrf", "example")]))
    frame.palette = CommandPalette(source: "/design/palette.json")
    frame.scripts = [resources.chartScript]
    frame.banners = { html in html.add(ViewerBanner()) }
    return frame
  }

  func frame(_ html: inout HTMLWriter) {
    specimen(strings["design.frame.banners"], onSheet: false, &html) { html in
      html.add(
        CookieBanner(
          strings["design.fr.cookies"],
          policy: (strings["design.fr.cookies.link"], "/design?cookies"),
          answer: PostTarget("/design/cookies", hidden: [("csrf", "example")]),
          accept: strings["design.fr.accept"], decline: strings["design.fr.decline"]))
      html.add(
        Banner(
          .info, strings["design.fr.policy"], link: (strings["design.fr.policy.link"], "/design?policy")))
      html.add(Banner(.warning, strings["design.fr.paused"]))
    }
    specimen(strings["design.frame.heading"], &html) { html in
      html.element(.div, .class("heading-specimen")) { html in
        html.add(
          PageHeading(
            strings["design.fr.heading"], description: strings["design.fr.heading.lead"], level: .h3,
            beside: { html in html.add(Badge(strings["design.c.on"], .success)) },
            actions: { html in
              html.add(Button(strings["design.preview"], icon: .eye, act: .script([])))
              html.add(Button(strings["design.save"], kind: .primary, act: .script([])))
            }))
      }
    }
  }
}
