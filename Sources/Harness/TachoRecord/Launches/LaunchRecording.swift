// SPDX-License-Identifier: Apache-2.0

/// Which kernel launches a worker records: `record_launches` of a suite.
package enum LaunchRecording: String, Sendable, Hashable, Codable, ExpressibleByBooleanLiteral {
  case none
  /// Those around tokens that take unusually long; of all others the steps' own times.
  case slow
  case all

  package init(booleanLiteral value: Bool) { self = value ? .all : .none }

  /// `false`, `slow` or `true`, as suites and the worker protocol spell it.
  package init?(spelling: String) {
    switch spelling {
    case "false": self = .none
    case "true": self = .all
    case "slow": self = .slow
    default: return nil
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = flag ? .all : .none
      return
    }
    let text = try container.decode(String.self)
    guard let value = Self(spelling: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is not true, false or slow")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .none: try container.encode(false)
    case .slow: try container.encode("slow")
    case .all: try container.encode(true)
    }
  }
}
