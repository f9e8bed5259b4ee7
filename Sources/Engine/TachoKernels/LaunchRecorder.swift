// SPDX-License-Identifier: Apache-2.0

/// One kernel launch: when the host decided on it, when its workers began and ended; nanoseconds.
///
/// Plain numbers and a pointer, so that noting one costs far less than the shortest launch.
package struct Launch: Sendable {
  package var op: StaticString
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
  package private(set) var launches: [Launch]
  package var step = 0
  package var layer = -1

  package init() { launches = Self.empty() }

  private static let room = 1 << 16

  private static func empty() -> [Launch] {
    var launches = [Launch](
      repeating: Launch(
        op: "", layer: 0, step: 0, enqueueNs: 0, firstStartNs: 0, lastStartNs: 0, firstEndNs: 0,
        endNs: 0), count: room)
    launches.removeAll(keepingCapacity: true)
    return launches
  }

  package func append(_ launch: Launch) { launches.append(launch) }

  package func take() -> [Launch] {
    defer {
      // The memory goes with what is returned; new memory is touched here, not while launches are timed.
      launches = Self.empty()
      step = 0
      layer = -1
    }
    return launches
  }
}
