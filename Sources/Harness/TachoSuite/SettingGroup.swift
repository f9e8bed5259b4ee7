// SPDX-License-Identifier: Apache-2.0

/// A section of a suite with fixed keys: each is set from its text, or said to be wrong.
package protocol SettingGroup {
  mutating func set(_ key: String, to text: String) throws(ValueError)
}
