// SPDX-License-Identifier: Apache-2.0

/// `1 point`, `2 points`.
package enum Plural {
  package static func of(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
