// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A share as the command line writes it: `6%`, `8.099%`.
enum GateAmount {
  static func text(_ share: Double) -> String { String(format: "%.4g", share * 100) + "%" }
}
