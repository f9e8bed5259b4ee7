// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// One safetensors file: a 64-bit header length, a JSON header, then the tensors' bytes without
/// gaps (format: the safetensors repository's README).
struct SafetensorsShard: Sendable {
  /// A tensor as the header describes it, of any type.
  struct Entry: Sendable {
    let name: String
    let typeName: String
    let shape: [Int]
    /// From the start of the file.
    let offset: Int
    let byteCount: Int
  }

  let file: MappedFile
  /// In file order.
  let entries: [Entry]

  /// Bytes of one element of each type the format knows; types of less than a byte are not listed.
  private static let elementSizes = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, "U16": 2, "I16": 2,
    "F16": 2, "BF16": 2, "U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
  ]

  init(_ file: MappedFile) throws {
    var cursor = ByteCursor(file)
    let length = try cursor.count(of: "bytes of header", minimumBytes: 1)
    let header = try JSONFile.object(
      file.slice(8, length), what: "the header", path: file.path, offset: 8)
    let dataStart = 8 + length
    self.file = file
    entries = try header.filter { $0.key != "__metadata__" }
      .map { try Self.entry($0.key, $0.value, dataStart: dataStart, file: file) }
      .sorted { ($0.offset, $0.byteCount, $0.name) < ($1.offset, $1.byteCount, $1.name) }
    try Self.checkCoverage(entries, dataStart: dataStart, file: file)
  }

  private static func entry(
    _ name: String, _ value: ConfigurationValue, dataStart: Int, file: MappedFile
  ) throws -> Entry {
    func malformed(_ problem: String) -> ModelFileError {
      ModelFileError(.malformed, "tensor '\(name)' \(problem)", path: file.path, offset: 8)
    }
    guard case .object(let members) = value else { throw malformed("is not a JSON object") }
    guard let typeName = members["dtype"]?.stringValue else { throw malformed("lacks a dtype") }
    guard case .array(let sizes)? = members["shape"] else { throw malformed("lacks a shape") }
    let shape = sizes.compactMap(\.intValue)
    guard shape.count == sizes.count, shape.allSatisfy({ $0 >= 0 }) else {
      throw malformed("has a shape that is not a list of whole numbers")
    }
    guard case .array(let bounds)? = members["data_offsets"], bounds.count == 2,
      let begin = bounds[0].intValue, let end = bounds[1].intValue, begin >= 0, begin <= end
    else { throw malformed("lacks data_offsets [begin, end]") }
    guard end <= file.size - dataStart else {
      throw ModelFileError(
        .truncated,
        "tensor '\(name)' ends at \(end) of the data, which has \(file.size - dataStart) bytes: the "
          + "file is cut off or damaged", path: file.path, offset: dataStart + begin)
    }
    var elements = 1
    for size in shape {
      let (product, overflow) = elements.multipliedReportingOverflow(by: size)
      guard !overflow else { throw malformed("has the impossible shape \(shape)") }
      elements = product
    }
    if let size = elementSizes[typeName] {
      let (bytes, overflow) = elements.multipliedReportingOverflow(by: size)
      guard !overflow, bytes == end - begin else {
        throw malformed("of type \(typeName) and shape \(shape) has \(end - begin) bytes")
      }
    }
    return Entry(
      name: name, typeName: typeName, shape: shape, offset: dataStart + begin,
      byteCount: end - begin)
  }

  /// The format wants every byte of the data to belong to exactly one tensor.
  private static func checkCoverage(
    _ entries: [Entry], dataStart: Int, file: MappedFile
  ) throws {
    var next = dataStart
    for entry in entries {
      guard entry.offset == next else {
        let problem =
          entry.offset < next ? "overlaps the tensor before it" : "leaves a gap before it"
        throw ModelFileError(
          .malformed, "tensor '\(entry.name)' \(problem)", path: file.path, offset: entry.offset)
      }
      next += entry.byteCount
    }
    guard next == file.size else {
      throw ModelFileError(
        .malformed, "\(file.size - next) bytes at the end belong to no tensor", path: file.path,
        offset: next)
    }
  }
}
