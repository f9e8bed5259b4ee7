// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// Reads GGUF, versions 2 and 3 (format: the GGUF specification in the ggml repository).
///
/// Everything is checked when the file is opened, so that later reads cannot leave the mapping:
/// every count against the bytes that follow, every tensor's extent against the end of the file.
package final class GGUFFile: Sendable {
  package let version: UInt32
  /// Tensor data starts and each tensor's offset are multiples of this.
  package let alignment: Int
  package let metadata: GGUFMetadata
  package let tensors: [GGUFTensor]
  private let file: MappedFile
  private let indices: [String: Int]

  package var path: String { file.path }
  package var size: Int { file.size }

  package convenience init(path: String) throws {
    try self.init(MappedFile(path: path))
  }

  package init(_ file: MappedFile) throws {
    var cursor = ByteCursor(file)
    version = try Self.readVersion(&cursor)
    // The least a tensor takes: name length, dimension count, one dimension, type, offset.
    let tensorCount = try cursor.count(of: "tensors", minimumBytes: 8 + 4 + 8 + 4 + 8)
    let keyCount = try cursor.count(of: "metadata keys", minimumBytes: 8 + 4 + 1)
    let metadata = try Self.readMetadata(count: keyCount, from: &cursor)
    alignment = try Self.alignment(metadata)
    (tensors, indices) = try Self.readTensors(
      count: tensorCount, alignment: alignment, from: &cursor)
    self.metadata = metadata
    self.file = file
  }

  package func tensor(named name: String) -> GGUFTensor? {
    indices[name].map { tensors[$0] }
  }

  /// The tensor's bytes, valid while this file object lives.
  package func bytes(of tensor: GGUFTensor) -> UnsafeRawBufferPointer {
    let range = (tensor.offset..<tensor.offset + tensor.byteCount).clamped(to: 0..<file.size)
    return UnsafeRawBufferPointer(rebasing: file.bytes[range])
  }

  /// Tells the system how the mapping will be read, for example `MADV_WILLNEED`.
  package func advise(_ advice: Int32) {
    file.advise(advice)
  }

  private static func readVersion(_ cursor: inout ByteCursor) throws -> UInt32 {
    let path = cursor.file.path
    let magic = try cursor.integer(UInt32.self)
    guard magic == 0x4655_4747 else {  // "GGUF"
      throw ModelFileError(
        .malformed, "is not a GGUF file: it does not start with the letters GGUF", path: path,
        offset: 0)
    }
    let version = try cursor.integer(UInt32.self)
    if version & 0xffff == 0, version != 0 {
      throw ModelFileError(
        .unsupported, "is a big-endian GGUF file; convert it to little-endian first", path: path,
        offset: 4)
    }
    guard version == 2 || version == 3 else {
      throw ModelFileError(
        .unsupported, "is GGUF version \(version); versions 2 and 3 can be read", path: path,
        offset: 4)
    }
    return version
  }

  private static func readMetadata(
    count: Int, from cursor: inout ByteCursor
  ) throws -> GGUFMetadata {
    var metadata = GGUFMetadata(path: cursor.file.path)
    for _ in 0..<count {
      let start = cursor.offset
      let key = try cursor.string("a metadata key")
      guard metadata[key] == nil else {
        throw ModelFileError(
          .malformed, "the metadata key '\(key)' appears twice", path: cursor.file.path,
          offset: start)
      }
      let typeOffset = cursor.offset
      let id = try cursor.integer(UInt32.self)
      guard let type = GGUFValueType(rawValue: id) else {
        throw ModelFileError(
          .malformed, "'\(key)' has the unknown value type \(id)", path: cursor.file.path,
          offset: typeOffset)
      }
      metadata[key] = try GGUFValue.read(type, key: key, from: &cursor)
    }
    return metadata
  }

  private static func alignment(_ metadata: GGUFMetadata) throws -> Int {
    guard let alignment = try metadata.int("general.alignment") else { return 32 }
    guard alignment >= 8, alignment <= 1 << 30, alignment & (alignment - 1) == 0 else {
      throw ModelFileError(
        .malformed, "general.alignment is \(alignment); it must be a power of two from 8 to 2^30",
        path: metadata.path)
    }
    return alignment
  }

  private static func readTensors(
    count: Int, alignment: Int, from cursor: inout ByteCursor
  ) throws -> ([GGUFTensor], [String: Int]) {
    var headers: [GGUFTensorHeader] = []
    headers.reserveCapacity(count)
    for _ in 0..<count {
      headers.append(try GGUFTensorHeader(from: &cursor, alignment: alignment))
    }
    // Cannot overflow: the cursor is within the file and the alignment at most 2^30.
    let dataStart = (cursor.offset + alignment - 1) & ~(alignment - 1)
    var tensors: [GGUFTensor] = []
    tensors.reserveCapacity(count)
    var indices: [String: Int] = [:]
    for header in headers {
      let tensor = try header.placed(in: cursor.file, dataStart: dataStart)
      guard indices.updateValue(tensors.count, forKey: tensor.name) == nil else {
        throw ModelFileError(
          .malformed, "the tensor '\(tensor.name)' appears twice", path: cursor.file.path,
          offset: header.start)
      }
      tensors.append(tensor)
    }
    return (tensors, indices)
  }
}
