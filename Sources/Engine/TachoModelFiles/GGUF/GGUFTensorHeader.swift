// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// A tensor's entry in the header, before it is known where the data section starts.
struct GGUFTensorHeader {
  /// Where the entry begins, for messages.
  let start: Int
  let name: String
  let type: ElementType
  let dimensions: [Int]
  let byteCount: Int
  /// From the start of the data section.
  let relativeOffset: UInt64

  init(from cursor: inout ByteCursor, alignment: Int) throws {
    let path = cursor.file.path
    start = cursor.offset
    name = try cursor.string("a tensor name")
    let dimensionsOffset = cursor.offset
    let dimensionCount = try cursor.integer(UInt32.self)
    guard (1...4).contains(dimensionCount) else {
      throw ModelFileError(
        .malformed, "tensor '\(name)' has \(dimensionCount) dimensions; 1 to 4 are possible",
        path: path, offset: dimensionsOffset)
    }
    var sizes: [UInt64] = []
    for _ in 0..<dimensionCount { sizes.append(try cursor.integer(UInt64.self)) }
    let typeOffset = cursor.offset
    let id = try cursor.integer(UInt32.self)
    guard let type = ElementType(rawValue: id) else {
      throw ModelFileError(
        .unsupported,
        "tensor '\(name)' has the type id \(id), which is not supported (supported: "
          + ElementType.allCases.map { "\($0.name) = \($0.rawValue)" }.joined(separator: ", ")
          + "); convert the model to one of these", path: path, offset: typeOffset)
    }
    let offsetOffset = cursor.offset
    relativeOffset = try cursor.integer(UInt64.self)
    guard relativeOffset % UInt64(alignment) == 0 else {
      throw ModelFileError(
        .malformed,
        "tensor '\(name)' starts at \(relativeOffset), which is not a multiple of the alignment "
          + "\(alignment)", path: path, offset: offsetOffset)
    }
    self.type = type
    guard let extent = TensorExtent(sizes: sizes, type: type) else {
      throw ModelFileError(
        .malformed,
        "tensor '\(name)' has the impossible dimensions \(sizes) for \(type.name): each must be at "
          + "least 1, rows a multiple of \(type.blockCount), the total below 2^63 bytes",
        path: path, offset: dimensionsOffset)
    }
    dimensions = extent.dimensions
    byteCount = extent.byteCount
  }

  /// The tensor at its place in the file; throws when it would not fit.
  func placed(in file: MappedFile, dataStart: Int) throws -> GGUFTensor {
    let available = max(0, file.size - dataStart)
    guard relativeOffset <= UInt64(available), byteCount <= available - Int(relativeOffset) else {
      throw ModelFileError(
        .truncated,
        "tensor '\(name)' needs \(byteCount) bytes at \(relativeOffset) of the data section, which "
          + "has \(available): the file is cut off or damaged", path: file.path, offset: start)
    }
    return GGUFTensor(
      name: name, type: type, dimensions: dimensions, offset: dataStart + Int(relativeOffset),
      byteCount: byteCount)
  }
}
