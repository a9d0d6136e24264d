// Compression: any bytes as compressed data, and any data compressed and inflated.

import Compression

/// The first byte chooses the format, then come piece sizes, then the data.
let compressionTarget = FuzzTarget(name: "compression", maximumLength: 2048) { input in
  var reader = InputReader(input)
  let choice = Int(reader.byte())
  let format = CompressionFormat.allCases[choice % CompressionFormat.allCases.count]
  let pieces = reader.pieces()
  let bytes = reader.allBytes
  guard choice < 192 else { return try checkRoundTrip(bytes, format, pieces) }
  let limit = 64 << 10
  let whole = inflated([bytes], format, limit: limit)
  require(whole == inflated(bytes.split(into: pieces), format, limit: limit), "pieces matter")
  require(whole?.count ?? 0 <= limit, "more than the limit")
  if let whole, !whole.isEmpty {
    require(inflated([bytes], format, limit: whole.count) == whole, "the limit itself is refused")
    require(inflated([bytes], format, limit: whole.count - 1) == nil, "over the limit")
  }
}

/// nil for what is damaged, cut short or too large; after such an error nothing more is taken.
private func inflated(_ pieces: [[UInt8]], _ format: CompressionFormat, limit: Int) -> [UInt8]? {
  guard let decompressor = try? Decompressor(format, limit: limit) else { return nil }
  for piece in pieces {
    if (try? decompressor.write(piece)) != nil { continue }
    require((try? decompressor.write([0])) == nil, "a dead stream goes on")
    return nil
  }
  return (try? decompressor.finish()) == nil ? nil : decompressor.takeOutput()
}

private func checkRoundTrip(_ bytes: [UInt8], _ format: CompressionFormat, _ pieces: [Int]) throws {
  let compressor = try Compressor(format, level: 1)
  for piece in bytes.split(into: pieces) {
    try compressor.write(piece, flush: piece.count.isMultiple(of: 2) ? .sync : .none)
  }
  try compressor.write([], flush: .finish)
  let compressed = compressor.takeOutput()
  require(
    inflated(compressed.split(into: pieces), format, limit: bytes.count) == bytes, "data does not survive")
}
