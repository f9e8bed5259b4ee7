// SPDX-License-Identifier: Apache-2.0

/// How far the making of one build has come.
package struct BuildProgress: Sendable, Hashable {
  package enum Step: String, Sendable {
    /// Another process makes this build, or uses the folder it is made in.
    case waiting = "waiting for another build"
    case checkingOut = "checking out"
    case building = "building"
    case linking = "linking"
    case keeping = "keeping"
  }

  package let step: Step
  /// What is built: the word it was asked for by.
  package let label: String
  /// The last line the tool printed, such as "[12/340] Compiling TachoEngine Sampler.swift"; empty at first.
  package let detail: String
  /// Since the step began.
  package let elapsedSeconds: Double
  /// What the same step took last time, with a scratch folder in the same state; nil when there was none.
  package let expectedSeconds: Double?
}
