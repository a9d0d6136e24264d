// The few words components bring of themselves.

/// Every word a component or a script writes that its caller did not hand it. A page's string catalog supplies them
/// as `component.<key>`; there are no defaults, so that no language is half done.
package struct ComponentStrings: Sendable {
  /// A word or sentence. What stands in braces is replaced, here or by the script that shows the sentence.
  package enum Key: String, Sendable, CaseIterable {
    // The frame
    case skipToContent, openNavigation, closeNavigation, collapseNavigation, mainNavigation, breadcrumb
    case darkTheme, account, signOut, switchServer, notices
    /// `{count}`: how many notices nobody has read.
    case unreadNotices
    /// Says that the reader may look and not change.
    case viewing

    case search, paletteHint, shortcuts, singleKeys, singleKeysHelp
    case live, reconnecting, showNumbers
    case messagePreview, botTag
    case added, removed, changed, done, toDo, needsAttention, filter
    /// Read out before the old and the new value, such as "before:".
    case before, after

    // Everywhere
    case close, dismiss, actions, notifications, pagination, previousPage, nextPage
    /// Read out while something loads, such as "Loading".
    case loading

    /// `error` is read out before the text of an error, such as "Error:"; `secretIsSet` says that a secret is
    /// stored and an empty field keeps it.
    // Forms that scripts help with
    /// `apply` stands on the button that sends a switch where no script does it; `notSaved` is shown when the
    /// server gave no reason.
    case apply, undo, notSaved
    case save, unsavedChanges, discardChanges, draftFound, restoreDraft, forgetDraft
    case leaveTitle, leaveText, stay, leave
    case moveUp, moveDown, removeRow, rowAdded
    /// `{place}`: which row it was, from 1.
    case rowRemoved
    /// `{place}` of `{count}`: where the row is now.
    case rowMoved
    case pickerHint, pickerNone
    /// `{count}`: how many choices are left.
    case pickerCount
    /// `{name}`: the choice that is taken out.
    case pickerRemove

    // Fields
    case required, error, showSecret, hideSecret, secretIsSet, copy, copied
  }

  private let words: [Key: String]

  /// Asks for each word once.
  package init(_ word: (Key) -> String) {
    words = Dictionary(uniqueKeysWithValues: Key.allCases.map { ($0, word($0)) })
  }

  /// The word in the language of the page.
  package subscript(_ key: Key) -> String { words[key] ?? key.rawValue }

  /// The sentence with `{name}` replaced by the value. The result is text, not markup.
  package func callAsFunction(_ key: Key, _ name: StaticString, _ value: String) -> String {
    self[key].replacing("{\(name)}", with: value)
  }
}
