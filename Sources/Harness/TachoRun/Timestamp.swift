// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The wall clock as records keep it: ISO 8601 in UTC with milliseconds.
package enum Timestamp {
  package static func now() -> String {
    Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
