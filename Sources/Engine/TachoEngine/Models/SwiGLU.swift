// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// The gated feed-forward layer of the llama family (Shazeer 2020): down(silu(gate(x)) * up(x)).
package struct SwiGLU: ChannelMixer {
  package let norm: NormWeights
  package let gate: WeightMatrix
  package let up: WeightMatrix
  package let down: WeightMatrix

  private static let gateLaunch: StaticString = "matmul.gate_up"
  private static let downLaunch: StaticString = "matmul.down"

  package var matrices: [WeightMatrix] { [gate, up, down] }
  package var products: [LaunchProducts] {
    [LaunchProducts(Self.gateLaunch, [gate, up]), LaunchProducts(Self.downLaunch, [down])]
  }
  package var hiddenWidth: Int { gate.rows }

  package func apply(_ step: ForwardStep) {
    let compute = step.compute
    let workspace = step.workspace
    step.norm(norm, workspace.residual.pointer, into: workspace.normed.pointer)
    compute.prepare(
      workspace.activations, from: workspace.normed.pointer, rows: step.rows,
      columns: gate.columns, for: [gate, up])
    compute.multiply(
      workspace.activations, Self.gateLaunch, .init(gate, workspace.gate.pointer),
      .init(up, workspace.up.pointer))
    let hidden = hiddenWidth
    compute.pool.launch("swiglu", count: step.rows, grain: 2) { _, range in
      for row in range {
        compute.kernels.swiglu(
          workspace.gate.pointer + row * hidden, workspace.up.pointer + row * hidden, hidden)
      }
    }
    compute.prepare(
      workspace.activations, from: workspace.gate.pointer, rows: step.rows, columns: hidden,
      for: [down])
    compute.multiply(
      workspace.activations, Self.downLaunch, .init(down, workspace.projected.pointer))
    step.addToResidual(workspace.projected.pointer)
  }
}
