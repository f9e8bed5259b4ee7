// SPDX-License-Identifier: Apache-2.0

/// One kernel launch: when the host decided on it, when its workers began and ended; nanoseconds.
package struct Launch: Sendable {
  package var op: String
  package var layer: Int
  package var step: Int
  package var enqueueNs: Int
  package var firstStartNs: Int
  package var lastStartNs: Int
  package var firstEndNs: Int
  package var endNs: Int
}

/// Collects launches while a sample is recorded; owned by the pool's calling thread.
package final class LaunchRecorder: @unchecked Sendable {
  package private(set) var launches: [Launch] = []
  package var step = 0
  package var layer = -1

  package init() { launches.reserveCapacity(1 << 16) }

  package func append(_ launch: Launch) { launches.append(launch) }

  package func take() -> [Launch] {
    defer {
      launches.removeAll(keepingCapacity: true)
      step = 0
      layer = -1
    }
    return launches
  }
}
