// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Says in words what is wrong with a reply line.
enum ReplyComplaint {
  /// Where in the JSON a decoding failed, and why.
  static func words(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    switch error {
    case .keyNotFound(let key, let context):
      return "'\(path(context.codingPath + [key]))' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "'\(path(context.codingPath))' has another type than expected"
    case .dataCorrupted(let context):
      let place = context.codingPath.isEmpty ? "" : " at '\(path(context.codingPath))'"
      return context.debugDescription + place
    @unknown default: return "\(error)"
    }
  }

  /// The beginning of a line, for a message.
  static func excerpt(_ line: [UInt8]) -> String {
    let text = String(decoding: line.prefix(160), as: UTF8.self)
    return line.count > 160 ? text + "..." : text
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
  }
}
