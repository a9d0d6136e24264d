// Drawing with distances: smooth shapes without a graphics library.

internal import Glibc

/// A colour with straight alpha; channels from 0 to 1.
struct Colour: Sendable, Equatable {
  var red: Float
  var green: Float
  var blue: Float
  var alpha: Float = 1

  /// From hue (turns), saturation and lightness.
  static func hsl(_ hue: Float, _ saturation: Float, _ lightness: Float, alpha: Float = 1) -> Colour {
    let range = saturation * min(lightness, 1 - lightness)
    func channel(_ offset: Float) -> Float {
      let turn = (offset + hue * 12).truncatingRemainder(dividingBy: 12)
      return lightness - range * max(-1, min(turn - 3, 9 - turn, 1))
    }
    return Colour(red: channel(0), green: channel(8), blue: channel(4), alpha: alpha)
  }

  func mixed(with other: Colour, _ amount: Float) -> Colour {
    let rest = 1 - amount
    return Colour(
      red: red * rest + other.red * amount, green: green * rest + other.green * amount,
      blue: blue * rest + other.blue * amount, alpha: alpha * rest + other.alpha * amount)
  }
}

/// A point; the canvas goes from (-1, -1) at the top left to (1, 1).
struct Point: Sendable {
  var x: Float
  var y: Float

  var length: Float { (x * x + y * y).squareRoot() }

  func moved(_ dx: Float, _ dy: Float) -> Point { Point(x: x - dx, y: y - dy) }

  func turned(_ angle: Float) -> Point {
    let (s, c) = (sinf(angle), cosf(angle))
    return Point(x: x * c + y * s, y: y * c - x * s)
  }
}

/// Signed distances to shapes around the origin: negative inside.
enum Shape {
  static func circle(_ point: Point, _ radius: Float) -> Float { point.length - radius }

  static func ellipse(_ point: Point, _ width: Float, _ height: Float) -> Float {
    (Point(x: point.x / width, y: point.y / height).length - 1) * min(width, height)
  }

  static func roundedBox(_ point: Point, _ width: Float, _ height: Float, _ radius: Float) -> Float {
    let outer = Point(x: abs(point.x) - width + radius, y: abs(point.y) - height + radius)
    return Point(x: max(outer.x, 0), y: max(outer.y, 0)).length + min(max(outer.x, outer.y), 0) - radius
  }

  /// The lower half of a ring: a smile. `thickness` is half of the line's width.
  static func smile(_ point: Point, _ radius: Float, _ thickness: Float) -> Float {
    let reach = radius * 0.82
    guard point.y < radius * 0.25 || abs(point.x) > reach else {
      return abs(point.length - radius) - thickness
    }
    let end = Point(x: abs(point.x) - radius * 0.968, y: point.y - radius * 0.25)
    return point.y >= radius * 0.25 ? abs(point.length - radius) - thickness : end.length - thickness
  }

  /// A star or flower: a circle whose radius swings `count` times.
  static func petals(_ point: Point, _ radius: Float, _ depth: Float, _ count: Float) -> Float {
    let angle = atan2f(point.x, -point.y)
    return point.length - radius * (1 - depth * (0.5 - 0.5 * cosf(angle * count)))
  }

  static func heart(_ point: Point, _ size: Float) -> Float {
    let x = abs(point.x) / size
    let y = -point.y / size + 0.35
    if x + y > 1 { return (Point(x: x - 0.25, y: y - 0.75).length - 0.354) * size }
    let low = max(x + y, 0) * 0.5
    let a = Point(x: x, y: y - 1).length
    let b = Point(x: x - low, y: y - low).length
    return min(a, b) * (x > y ? 1 : -1) * size
  }

  static func triangle(_ point: Point, _ size: Float) -> Float {
    max(abs(point.x) * 0.866 - point.y * 0.5, point.y) - size * 0.5
  }
}

/// Paints shapes over each other, with soft edges one pixel wide.
struct Canvas: Sendable {
  private(set) var raster: Raster
  private let pixel: Float
  private let aspect: Float

  /// `width` and `height` in pixels. On a wide canvas x goes beyond -1 … 1.
  init(width: Int, height: Int) {
    raster = Raster(width: width, height: height)
    pixel = 2 / Float(height)
    aspect = Float(width) / Float(height)
  }

  /// Paints one shape: where `distance` is negative, in the colour of the point.
  mutating func paint(
    within bounds: ClosedRange<Float> = -1...1, _ distance: (Point) -> Float, _ colour: (Point) -> Colour
  ) {
    let (first, last) = (row(bounds.lowerBound), row(bounds.upperBound))
    guard first <= last else { return }
    for row in first...last {
      let y = (Float(row) + 0.5) * pixel - 1
      for column in 0..<raster.width {
        let point = Point(x: (Float(column) + 0.5) * pixel - aspect, y: y)
        let coverage = 0.5 - distance(point) / pixel
        guard coverage > 0 else { continue }
        blend(colour(point), min(coverage, 1), at: (row * raster.width + column) * 4)
      }
    }
  }

  /// Paints one shape in one colour.
  mutating func paint(
    _ colour: Colour, within bounds: ClosedRange<Float> = -1...1, _ distance: (Point) -> Float
  ) {
    paint(within: bounds, distance) { _ in colour }
  }

  /// Fills everything with a gradient along a direction.
  mutating func fill(from first: Colour, to second: Colour, angle: Float) {
    let (dx, dy) = (cosf(angle), sinf(angle))
    let reach = abs(dx) * aspect + abs(dy)
    paint({ _ in -1 }) { point in
      first.mixed(with: second, min(max((point.x * dx + point.y * dy) / reach * 0.5 + 0.5, 0), 1))
    }
  }

  private func row(_ y: Float) -> Int {
    min(max(Int(((y + 1) / pixel).rounded(.down)), 0), raster.height - 1)
  }

  private mutating func blend(_ colour: Colour, _ coverage: Float, at index: Int) {
    let over = colour.alpha * coverage
    let under = Float(raster.bytes[index + 3]) / 255 * (1 - over)
    let alpha = over + under
    guard alpha > 0 else { return }
    func mix(_ new: Float, _ old: UInt8) -> UInt8 {
      UInt8(min(max((new * over * 255 + Float(old) * under) / alpha, 0), 255))
    }
    raster.bytes[index] = mix(colour.red, raster.bytes[index])
    raster.bytes[index + 1] = mix(colour.green, raster.bytes[index + 1])
    raster.bytes[index + 2] = mix(colour.blue, raster.bytes[index + 2])
    raster.bytes[index + 3] = UInt8(min(alpha * 255, 255))
  }
}
