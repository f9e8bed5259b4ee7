// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The C library's words for an error number.
enum SystemReason {
  static func text(_ number: Int32) -> String { String(cString: strerror(number)) }
}
