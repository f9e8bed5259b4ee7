// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The wall clock as records keep it: ISO 8601 in UTC with milliseconds.
enum Timestamp {
  static func now() -> String {
    Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
  }
}
