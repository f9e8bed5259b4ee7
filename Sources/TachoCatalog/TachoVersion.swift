// SPDX-License-Identifier: Apache-2.0

/// The release this source is of.
package enum TachoVersion {
  package static let string = "0.1.0"
}
