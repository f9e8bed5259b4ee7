// SPDX-License-Identifier: Apache-2.0

/// Looks at a worker right before and right after its share of every kernel launch.
///
/// Each worker calls it on its own thread, all of them at the same time: what one worker's calls write,
/// no other may touch. The calls lie outside the times that a `LaunchRecorder` takes.
package protocol LaunchProbe: AnyObject, Sendable {
  /// The worker (0 is the launch's caller) is about to begin its share.
  func began(worker: Int)
  /// The worker has done its share of an operation, which was possibly none of it.
  func ended(_ op: StaticString, worker: Int)
}
