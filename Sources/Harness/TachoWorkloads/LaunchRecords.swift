// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import TachoRecord

extension LaunchRecord {
  /// The engine's launch in the harness's words.
  init(_ launch: Launch, variant: String) {
    self.init(
      op: launch.op.description, variant: variant, step: launch.step, layer: launch.layer,
      enqueueNs: launch.enqueueNs, firstStartNs: launch.firstStartNs,
      lastStartNs: launch.lastStartNs, firstEndNs: launch.firstEndNs, endNs: launch.endNs)
  }
}
