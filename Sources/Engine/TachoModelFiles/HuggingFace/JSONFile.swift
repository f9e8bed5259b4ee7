// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TachoCatalog

/// Reads the JSON that accompanies safetensors models, with errors that name the file.
enum JSONFile {
  /// Larger than any real header, index or configuration, small enough to parse without harm.
  static let sizeLimit = 100 << 20

  /// The members of the object that `bytes` holds; `what` names it in errors.
  static func object(
    _ bytes: UnsafeRawBufferPointer, what: String, path: String, offset: Int? = nil
  ) throws -> [String: ConfigurationValue] {
    guard bytes.count <= sizeLimit else {
      throw ModelFileError(
        .unsupported, "\(what) has \(bytes.count) bytes; at most \(sizeLimit) are read", path: path,
        offset: offset)
    }
    let value: ConfigurationValue
    do {
      value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(bytes))
    } catch {
      throw ModelFileError(
        .malformed, "\(what) is not valid JSON: \(reason(error))", path: path, offset: offset)
    }
    guard case .object(let members) = value else {
      throw ModelFileError(
        .malformed, "\(what) is not a JSON object", path: path, offset: offset)
    }
    return members
  }

  private static func reason(_ error: any Error) -> String {
    guard case DecodingError.dataCorrupted(let context) = error else {
      return String(String(describing: error).prefix(200))
    }
    let detail = context.underlyingError.map { String(describing: $0) } ?? context.debugDescription
    return String(detail.prefix(200))
  }
}
