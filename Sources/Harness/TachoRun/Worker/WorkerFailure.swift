// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Why a worker gave no usable reply: becomes the status and reason of its run's row.
package struct WorkerFailure: Error, Sendable, Hashable, CustomStringConvertible {
  package let status: RunStatus
  package let reason: String

  package init(_ status: RunStatus, _ reason: String) {
    self.status = status
    self.reason = reason
  }

  package var description: String { "\(status.rawValue): \(reason)" }
}
