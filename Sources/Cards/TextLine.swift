// The driver of Pango: fonts, and lines of text measured and drawn.

internal import CCairo

/// The fonts that were opened so far.
///
/// Not safe for two threads at once, but indifferent to which: `FontMaps` hands each to one thread at a time.
final class FontMap: @unchecked Sendable {
  fileprivate let handle: OpaquePointer
  /// Cards that were drawn with it.
  fileprivate(set) var uses = 0

  /// - Throws: `.failed` without memory.
  init() throws(CardError) {
    guard let handle = ccairo_fonts_create() else { throw CardError(.failed, "no memory for fonts") }
    self.handle = handle
  }

  deinit { ccairo_fonts_release(handle) }

  /// A font is kept open for each size and script that was ever used: after so many cards, begin again.
  var isWorn: Bool { uses >= 5_000 }

  func countUse() { uses += 1 }

  /// Of these, every script takes the first that has it, and what none has comes from whatever fontconfig finds: the
  /// packages are fonts-inter, fonts-noto-core, fonts-wqy-microhei (or, better and far larger, fonts-noto-cjk), and
  /// fonts-noto-color-emoji. Emoji are not in the list, or digits would be drawn from their font.
  static let families = "Inter, Noto Sans, Noto Sans CJK JP, WenQuanYi Micro Hei, DejaVu Sans"
}

/// One line, laid out for a canvas: it must not outlive canvas or fonts.
final class TextLine {
  private let handle: OpaquePointer
  private let canvas: Canvas

  /// - Throws: `.failed` without memory.
  init(
    _ text: String, size: Double, weight: CardText.Weight, spacing: Double = 0, on canvas: Canvas,
    fonts: FontMap
  )
    throws(CardError)
  {
    let made = FontMap.families.withCString { families in
      var style = ccairo_style(
        families: families, size: size, weight: CInt(weight.rawValue), spacing: spacing)
      var text = text
      return text.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) {
          ccairo_line_create(canvas.context, fonts.handle, $0.baseAddress, CInt($0.count), &style)
        }
      }
    }
    guard let made else { throw CardError(.failed, "no memory for a line of text") }
    (handle, self.canvas) = (made, canvas)
  }

  deinit { ccairo_line_release(handle) }

  private var extent: ccairo_extent {
    var extent = ccairo_extent()
    ccairo_line_measure(handle, &extent)
    return extent
  }

  /// Pixels.
  var width: Double { extent.width }
  /// Whether its end was cut.
  var isCut: Bool { extent.is_cut != 0 }
  /// Glyphs that no font on this machine has.
  var missingGlyphs: Int { Int(extent.unknown) }

  /// Cuts the end so that the line is at most so wide.
  func cut(to width: Double) { ccairo_line_ellipsize(handle, max(width, 0)) }

  /// Draws it from `x` on the baseline.
  func draw(x: Double, baseline: Double, color: Color) {
    canvas.setColor(color)
    cairo_move_to(canvas.context, x, baseline - extent.baseline)
    ccairo_line_draw(canvas.context, handle)
    cairo_new_path(canvas.context)
  }
}
