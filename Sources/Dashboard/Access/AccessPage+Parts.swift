// The forms that give access, and the tables of who has it anyway and what each may.

import DiscordBot
import DiscordCore
import HTML
import PlatformAccess
import PlatformPlugins
import Resources

extension AccessPage {
  // MARK: Adding

  func add(_ html: inout HTMLWriter) {
    let everyone = visit.guild.rawValue
    let roles = visit.bot.roles.filter { !$0.isManaged && $0.id.rawValue != everyone }
      .sorted { $0.position > $1.position }
    html.add(
      Card(strings["access.add"], subtitle: strings["access.add.help"]) { html in
        html.element(.div, .class("grid")) { html in
          html.form(visit.visit.post(.guild(visit.guild, "access", "grant")), .class("form")) { html in
            html.add(
              TextInput(
                Field(
                  "person", label: strings["access.person"], help: strings["access.person.help"],
                  isRequired: true), .text(maximum: 100), autocomplete: "off"))
            levels("person-access", &html)
            html.element(.div, .class("actions")) { html in
              html.add(Button(strings["access.add.person"], kind: .primary, act: .submit()))
            }
          }
          html.form(visit.visit.post(.guild(visit.guild, "access", "grant")), .class("form")) { html in
            html.add(
              Picker(
                Field(
                  "role", label: strings["access.role"], help: strings["access.role.help"], isRequired: true),
                groups: [
                  .init(
                    nil,
                    [.init("", label: strings["access.role.choose"])]
                      + roles.map { role in
                        .init(
                          "\(role.id)", label: role.name,
                          mark: .role(role.color == 0 ? nil : HexColor(role.color)))
                      })
                ]))
            levels("role-access", &html)
            html.element(.div, .class("actions")) { html in
              html.add(Button(strings["access.add.role"], act: .submit()))
            }
          }
        }
      })
  }

  private func levels(_ id: String, _ html: inout HTMLWriter) {
    html.add(
      SelectInput(
        Field("access", label: strings["access.may"], id: ElementID(id)),
        choices: AccessRole.allCases.map { role in
          Choice(role.name, label: strings[dynamic: "role.\(role.name)"])
        }, selected: AccessRole.viewer.name))
  }

  // MARK: Discord, and what each may

  func byDiscord(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["access.discord"], subtitle: strings["access.discord.help"]) { html in
        html.element(.ul, .class("rows")) { html in
          for entry in discord {
            row(strings["access.kind.role"], entry.role.name, entry.access, &html)
          }
          for entry in people.prefix(Self.peopleShown) {
            row(
              strings["access.kind.person"], visit.visit.name(of: entry.user, in: visit.guild), entry.access,
              &html)
          }
        }
        if people.count > Self.peopleShown {
          html.element(.p, .class("muted"), text: strings["access.discord.more"])
        }
      })
  }

  private func row(_ kind: String, _ name: String, _ access: AccessRole, _ html: inout HTMLWriter) {
    html.element(.li, .class("rows-row")) { html in
      html.element(.span, .class("rows-words")) { html in
        html.isolated(name)
        html.element(.span, .class("muted"), text: kind)
      }
      html.add(Badge(strings[dynamic: "role.\(access.name)"], access == .owner ? .info : .neutral))
    }
  }

  func roles(_ html: inout HTMLWriter) {
    html.add(
      Table(
        strings["access.roles"],
        columns: [.init(strings["access.may"]), .init(strings["access.roles.what"])],
        rows: AccessRole.allCases.map { role in
          .init([
            { html in
              html.text(strings[dynamic: "role.\(role.name)"])
              if role == visit.role {
                html.text(" ")
                html.add(Badge(strings["access.you"], .success))
              }
            },
            { html in html.text(strings[dynamic: "access.roles.\(role.name)"]) },
          ])
        }))
  }
}
