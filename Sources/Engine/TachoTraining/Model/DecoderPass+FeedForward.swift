// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// Dense feed-forward layers: gated or plain, down(activation(x)).
extension DecoderPass {
  /// Adds the layer's result to `next`, which holds its input.
  func feedForward(
    _ places: ParameterLayout.Layer, _ layer: PassMemory<Scalar>.Layer,
    _ parameters: UnsafePointer<Scalar>, count: Int, into next: UnsafeMutablePointer<Scalar>
  ) {
    let linear = linear(parameters)
    linear.forward(
      places.hidden, layer.channelNormed, layer.hidden, count: count, rows: shape.hiddenColumns,
      columns: shape.width)
    operations.activate(
      shape.channel.activation, layer.hidden, layer.activated, count, shape.feedForward)
    linear.forward(
      places.down, layer.activated, next, count: count, rows: shape.width,
      columns: shape.feedForward, beta: 1)
  }

  /// From `memory.gradient`, by the layer's result, to `memory.normedGradient`, by its normed input.
  func feedForwardBackward(
    _ places: ParameterLayout.Layer, _ layer: PassMemory<Scalar>.Layer,
    _ parameters: UnsafePointer<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    let linear = linear(parameters)
    linear.backward(
      places.down, layer.activated, memory.gradient, memory.activatedGradient, gradients,
      count: count, rows: shape.width, columns: shape.feedForward)
    operations.activateBackward(
      shape.channel.activation, layer.hidden, memory.activatedGradient, memory.hiddenGradient,
      count, shape.feedForward)
    linear.backward(
      places.hidden, layer.channelNormed, memory.hiddenGradient, memory.normedGradient, gradients,
      count: count, rows: shape.hiddenColumns, columns: shape.width)
  }
}
