// SPDX-License-Identifier: Apache-2.0
import Synchronization
package import TachoKernels

/// Writes GGUF version 3: the header first, then each tensor's bytes as a closure produces them, so
/// that no more than a part of one tensor need be in memory.
package struct GGUFWriter {
  /// A tensor to be written; `dimensions` in GGUF's order, the row length first.
  package struct Entry: Sendable, Hashable {
    package let name: String
    package let type: ElementType
    package let dimensions: [Int]
    package let byteCount: Int

    package var rowLength: Int { dimensions.first ?? 0 }
    package var rowCount: Int { dimensions.dropFirst().reduce(1, *) }
  }

  /// Takes one tensor's bytes; parts may come in any order and from several threads at once.
  package struct Sink: Sendable {
    fileprivate let file: PartialFile
    fileprivate let start: Int
    fileprivate let entry: Entry
    fileprivate let written: Tally

    /// Writes `bytes` at `offset` from the tensor's start.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
      guard offset >= 0, offset <= entry.byteCount, bytes.count <= entry.byteCount - offset else {
        throw ModelFileError(
          .invalidArgument,
          "\(bytes.count) bytes at \(offset) do not fit in tensor "
            + "'\(entry.name)' of \(entry.byteCount) bytes", path: "")
      }
      try file.write(bytes, at: start + offset)
      written.add(bytes.count)
    }
  }

  /// Bytes written so far, counted across threads.
  fileprivate final class Tally: Sendable {
    private let value = Mutex(0)
    func add(_ count: Int) { value.withLock { $0 += count } }
    var total: Int { value.withLock { $0 } }
  }

  package var metadata: GGUFMetadata
  package private(set) var entries: [Entry] = []
  private let alignment = 32

  package init(metadata: GGUFMetadata) {
    self.metadata = metadata
    // The file is written with the default alignment, whatever its source had.
    self.metadata["general.alignment"] = nil
  }

  /// Announces a tensor; its bytes are asked for, in this order, by `write`.
  package mutating func add(_ name: String, type: ElementType, dimensions: [Int]) throws {
    let sizes = dimensions.map { UInt64(max(0, $0)) }
    guard (1...4).contains(dimensions.count), let extent = TensorExtent(sizes: sizes, type: type)
    else {
      throw ModelFileError(
        .invalidArgument,
        "tensor '\(name)' cannot have dimensions \(dimensions) as \(type.name): rows must be "
          + "multiples of \(type.blockCount)", path: "")
    }
    entries.append(
      Entry(name: name, type: type, dimensions: dimensions, byteCount: extent.byteCount))
  }

  /// Writes the file; `produce` hands each tensor's bytes to its sink.
  package func write(
    to path: String, produce: (Entry, Sink) throws -> Void
  ) throws {
    let (header, offsets, size) = layout()
    let file = try PartialFile(for: path)
    try header.withUnsafeBytes { try file.write($0, at: 0) }
    for (entry, offset) in zip(entries, offsets) {
      let written = Tally()
      try produce(entry, Sink(file: file, start: offset, entry: entry, written: written))
      guard written.total == entry.byteCount else {
        throw ModelFileError(
          .invalidArgument,
          "tensor '\(entry.name)' has \(entry.byteCount) bytes, but "
            + "\(written.total) were produced", path: path)
      }
    }
    try file.commit(size: size)
  }

  /// The header's bytes, each tensor's place in the file, and the file's size.
  private func layout() -> (header: [UInt8], offsets: [Int], size: Int) {
    var header = GGUFEncoder()
    header.append(UInt32(0x4655_4747))
    header.append(UInt32(3))
    header.append(UInt64(entries.count))
    header.append(UInt64(metadata.count))
    for key in metadata.keys {
      guard let value = metadata[key] else { continue }
      header.append(key)
      header.append(value.type.rawValue)
      header.append(value)
    }
    var relative: [Int] = []
    var next = 0
    for entry in entries {
      relative.append(next)
      header.append(entry.name)
      header.append(UInt32(entry.dimensions.count))
      for dimension in entry.dimensions { header.append(UInt64(dimension)) }
      header.append(entry.type.rawValue)
      header.append(UInt64(next))
      next = aligned(next + entry.byteCount)
    }
    let start = aligned(header.bytes.count)
    header.bytes += [UInt8](repeating: 0, count: start - header.bytes.count)
    return (header.bytes, relative.map { start + $0 }, start + next)
  }

  private func aligned(_ offset: Int) -> Int {
    (offset + alignment - 1) & ~(alignment - 1)
  }
}
