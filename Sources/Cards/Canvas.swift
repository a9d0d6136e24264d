// The driver of cairo: shapes and pictures onto a bitmap.

internal import CCairo
internal import Glibc

/// Draws on a bitmap. Confined to the thread that draws the card.
///
/// A length that is no number puts cairo into its error state, where it draws nothing more; `check` tells at the end.
final class Canvas {
  let bitmap: Bitmap
  /// Owned; the driver of text alone uses it besides this page.
  let context: OpaquePointer

  /// - Throws: `.failed` without memory.
  init(width: Int, height: Int) throws(CardError) {
    bitmap = try Bitmap(width: width, height: height)
    guard let context = cairo_create(bitmap.surface) else {
      throw CardError(.failed, "no memory for a canvas")
    }
    self.context = context
  }

  deinit { cairo_destroy(context) }

  /// - Throws: `.failed` when something before was not drawn.
  func check() throws(CardError) {
    guard cairo_status(context) == CAIRO_STATUS_SUCCESS else {
      throw CardError(.failed, "cairo refused to draw the card")
    }
  }

  /// Runs `body` with everything outside the frame protected.
  func clipped<Failure: Error>(
    to frame: Card.Frame, radius: Double = 0, _ body: () throws(Failure) -> Void
  ) throws(Failure) {
    cairo_save(context)
    defer { cairo_restore(context) }
    tracePanel(frame, radius: radius)
    cairo_clip(context)
    try body()
  }

  func setColor(_ color: Color) {
    cairo_set_source_rgba(
      context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255,
      Double(color.alpha) / 255)
  }

  func fill(_ frame: Card.Frame, radius: Double = 0, _ color: Color) {
    tracePanel(frame, radius: radius)
    setColor(color)
    cairo_fill(context)
  }

  /// Outlines the frame, inside of it.
  func outline(_ frame: Card.Frame, radius: Double, _ color: Color, width: Double) {
    let inner = Card.Frame(
      x: frame.x + width / 2, y: frame.y + width / 2, width: frame.width - width,
      height: frame.height - width)
    tracePanel(inner, radius: radius - width / 2)
    setColor(color)
    cairo_set_line_width(context, width)
    cairo_stroke(context)
  }

  func fill(_ frame: Card.Frame, from start: Color, to end: Color, degrees: Double) {
    // The line through the middle that touches the far corners, so that both colours are reached.
    let angle = degrees * .pi / 180
    let (cosine, sine) = (cos(angle), sin(angle))
    let reach = (abs(frame.width * cosine) + abs(frame.height * sine)) / 2
    let (x, y) = (frame.x + frame.width / 2, frame.y + frame.height / 2)
    let pattern = cairo_pattern_create_linear(
      x - cosine * reach, y - sine * reach, x + cosine * reach, y + sine * reach)
    addStop(pattern, 0, start)
    addStop(pattern, 1, end)
    paint(pattern, in: frame)
  }

  func draw(_ glow: Card.Glow) {
    let pattern = cairo_pattern_create_radial(glow.x, glow.y, 0, glow.x, glow.y, max(glow.radius, 0))
    // Fades as light does, without an edge where it ends.
    for step in 0...12 {
      let distance = Double(step) / 12
      let share = (1 - distance * distance) * (1 - distance * distance)
      addStop(pattern, distance, glow.color.opacity(Double(glow.color.alpha) / 255 * share))
    }
    paint(
      pattern,
      in: Card.Frame(
        x: glow.x - glow.radius, y: glow.y - glow.radius, width: glow.radius * 2, height: glow.radius * 2))
  }

  func fillCircle(x: Double, y: Double, radius: Double, _ color: Color) {
    traceCircle(x: x, y: y, radius: radius)
    setColor(color)
    cairo_fill(context)
  }

  func strokeCircle(x: Double, y: Double, radius: Double, _ color: Color, width: Double) {
    traceCircle(x: x, y: y, radius: radius)
    setColor(color)
    cairo_set_line_width(context, width)
    cairo_stroke(context)
  }

  /// Covers the frame with the picture, its middle in the middle, and cuts what hangs over.
  func cover(_ frame: Card.Frame, radius: Double = 0, with picture: Bitmap) {
    guard frame.width > 0, frame.height > 0 else { return }
    clipped(to: frame, radius: radius) {
      let scale = max(frame.width / Double(picture.width), frame.height / Double(picture.height))
      cairo_translate(context, frame.x + frame.width / 2, frame.y + frame.height / 2)
      cairo_scale(context, scale, scale)
      cairo_set_source_surface(
        context, picture.surface, -Double(picture.width) / 2, -Double(picture.height) / 2)
      let pattern = cairo_get_source(context)
      cairo_pattern_set_filter(pattern, CAIRO_FILTER_GOOD)
      // Without it, the edge of an enlarged picture is half transparent.
      cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD)
      cairo_paint(context)
    }
  }

  /// The brightness of what is drawn within the frame so far; nil where the frame lies outside.
  func backdrop(of frame: Card.Frame) -> Backdrop? {
    let limit = Double(Card.largestSide)
    func whole(_ value: Double) -> Int { Int(min(max(value, -limit), 2 * limit)) }
    return Backdrop(
      histogram: bitmap.histogram(
        x: whole(frame.x), y: whole(frame.y), width: whole(frame.width), height: whole(frame.height)))
  }

  private func paint(_ pattern: OpaquePointer?, in frame: Card.Frame) {
    cairo_rectangle(context, frame.x, frame.y, frame.width, frame.height)
    cairo_set_source(context, pattern)
    cairo_fill(context)
    cairo_pattern_destroy(pattern)
  }

  private func addStop(_ pattern: OpaquePointer?, _ offset: Double, _ color: Color) {
    cairo_pattern_add_color_stop_rgba(
      pattern, offset, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255,
      Double(color.alpha) / 255)
  }

  private func traceCircle(x: Double, y: Double, radius: Double) {
    cairo_new_path(context)
    cairo_arc(context, x, y, max(radius, 0), 0, 2 * .pi)
  }

  private func tracePanel(_ frame: Card.Frame, radius: Double) {
    let radius = min(radius, frame.width / 2, frame.height / 2)
    cairo_new_path(context)
    guard radius > 0 else {
      cairo_rectangle(context, frame.x, frame.y, frame.width, frame.height)
      return
    }
    let (left, top) = (frame.x + radius, frame.y + radius)
    let (right, bottom) = (frame.x + frame.width - radius, frame.y + frame.height - radius)
    cairo_arc(context, right, top, radius, -.pi / 2, 0)
    cairo_arc(context, right, bottom, radius, 0, .pi / 2)
    cairo_arc(context, left, bottom, radius, .pi / 2, .pi)
    cairo_arc(context, left, top, radius, .pi, 3 * .pi / 2)
    cairo_close_path(context)
  }
}
