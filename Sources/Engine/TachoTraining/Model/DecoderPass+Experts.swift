// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// Layers of experts: each token goes through the `expertsPerToken` likeliest of its router, weighted by their
/// probabilities over these's sum (Mixtral, Jiang and others 2024).
extension DecoderPass {
  /// Adds the layer's result to `next`, which holds its input.
  func mixExperts(
    _ places: ParameterLayout.Layer, _ layer: PassMemory<Scalar>.Layer,
    _ routing: PassMemory<Scalar>.Routing, _ parameters: UnsafePointer<Scalar>, count: Int,
    into next: UnsafeMutablePointer<Scalar>
  ) {
    let (width, hidden, slots) = (shape.width, shape.feedForward, count * shape.slots)
    operations.product(
      count, shape.experts, width, 1, MatrixOperand(layer.channelNormed, stride: width),
      MatrixOperand(parameters + places.router, stride: width, transposed: true), 0,
      routing.probabilities, shape.experts)
    operations.route(
      routing.probabilities, count, shape.experts, shape.expertsPerToken, routing.chosen,
      routing.weights)
    sort(routing, slots: slots)
    operations.gather(layer.channelNormed, routing.tokens, nil, memory.slotInputs, slots, width)
    eachExpert(routing) { expert, first, rows in
      let input = MatrixOperand(UnsafePointer(memory.slotInputs + first * width), stride: width)
      let target = layer.hidden + first * shape.hiddenColumns
      for (index, matrix) in ways(places).enumerated() {
        operations.product(
          rows, hidden, width, 1, input,
          MatrixOperand(
            parameters + matrix + expert * hidden * width, stride: width, transposed: true), 0,
          target + index * hidden, shape.hiddenColumns)
      }
    }
    operations.activate(shape.channel.activation, layer.hidden, layer.activated, slots, hidden)
    eachExpert(routing) { expert, first, rows in
      operations.product(
        rows, width, hidden, 1, MatrixOperand(layer.activated + first * hidden, stride: hidden),
        MatrixOperand(
          parameters + places.downs + expert * hidden * width, stride: hidden, transposed: true),
        0, routing.results + first * width, width)
    }
    operations.scatter(
      routing.results, routing.tokens, routing.slotWeights, next, slots, width)
  }

  /// From `memory.gradient`, by the layer's result, to `memory.normedGradient`, by its normed input; the balance
  /// loss.
  func mixExpertsBackward(
    _ places: ParameterLayout.Layer, _ layer: PassMemory<Scalar>.Layer,
    _ routing: PassMemory<Scalar>.Routing, _ parameters: UnsafePointer<Scalar>,
    _ gradients: UnsafeMutablePointer<Scalar>, _ goal: PassGoal<Scalar>, count: Int
  ) -> Double {
    let (width, hidden, slots) = (shape.width, shape.feedForward, count * shape.slots)
    let (inputs, changes) = (memory.slotInputs, memory.slotGradients)
    operations.gatherDots(
      memory.gradient, routing.tokens, routing.results, memory.slotWeightGradients, slots, width)
    operations.gather(
      memory.gradient, routing.tokens, routing.slotWeights, changes, slots, width)
    operations.gather(layer.channelNormed, routing.tokens, nil, inputs, slots, width)
    let isTrained = layout.isTrained(places.downs)
    eachExpert(routing) { expert, first, rows in
      let matrix = expert * hidden * width
      let above = MatrixOperand(UnsafePointer(changes + first * width), stride: width)
      if isTrained {
        operations.product(
          width, hidden, rows, 1,
          MatrixOperand(changes + first * width, stride: width, transposed: true),
          MatrixOperand(layer.activated + first * hidden, stride: hidden), 1,
          gradients + places.downs + matrix, hidden)
      }
      operations.product(
        rows, hidden, width, 1, above,
        MatrixOperand(parameters + places.downs + matrix, stride: hidden), 0,
        memory.activatedGradient + first * hidden, hidden)
    }
    operations.activateBackward(
      shape.channel.activation, layer.hidden, memory.activatedGradient, memory.hiddenGradient,
      slots, hidden)
    eachExpert(routing) { expert, first, rows in
      let matrix = expert * hidden * width
      for (index, way) in ways(places).enumerated() {
        let part = memory.hiddenGradient + first * shape.hiddenColumns + index * hidden
        if isTrained {
          operations.product(
            hidden, width, rows, 1,
            MatrixOperand(part, stride: shape.hiddenColumns, transposed: true),
            MatrixOperand(inputs + first * width, stride: width), 1, gradients + way + matrix,
            width)
        }
        operations.product(
          rows, width, hidden, 1, MatrixOperand(part, stride: shape.hiddenColumns),
          MatrixOperand(parameters + way + matrix, stride: width), index == 0 ? 0 : 1,
          changes + first * width, width)
      }
    }
    memory.normedGradient.update(repeating: 0, count: count * width)
    operations.scatter(changes, routing.tokens, nil, memory.normedGradient, slots, width)
    return routeBackward(places, layer, routing, parameters, gradients, goal, count: count)
  }

  private func routeBackward(
    _ places: ParameterLayout.Layer, _ layer: PassMemory<Scalar>.Layer,
    _ routing: PassMemory<Scalar>.Routing, _ parameters: UnsafePointer<Scalar>,
    _ gradients: UnsafeMutablePointer<Scalar>, _ goal: PassGoal<Scalar>, count: Int
  ) -> Double {
    let (width, experts, slots) = (shape.width, shape.experts, count * shape.slots)
    for slot in 0..<slots {
      memory.routedGradients[Int(routing.places[slot])] = memory.slotWeightGradients[slot]
    }
    var loss = 0.0
    for expert in 0..<experts {
      let share =
        Double(routing.starts[expert + 1] - routing.starts[expert]) / Double(max(1, slots))
      var mean = 0.0
      for row in 0..<count { mean += Double(routing.probabilities[row * experts + expert]) }
      loss += Double(experts) * share * mean / Double(count)
      memory.balance[expert] = Scalar(goal.balance * Double(experts) * share / Double(count))
    }
    operations.routeBackward(
      routing.probabilities, routing.chosen, routing.weights, memory.routedGradients,
      memory.balance, memory.routerGradients, count, experts, shape.expertsPerToken)
    if layout.isTrained(places.router) {
      operations.product(
        experts, width, count, 1,
        MatrixOperand(memory.routerGradients, stride: experts, transposed: true),
        MatrixOperand(layer.channelNormed, stride: width), 1, gradients + places.router, width)
    }
    operations.product(
      count, width, experts, 1, MatrixOperand(memory.routerGradients, stride: experts),
      MatrixOperand(parameters + places.router, stride: width), 1, memory.normedGradient, width)
    return loss
  }

  /// The matrices that lead into the hidden layer, in the order of its columns.
  private func ways(_ places: ParameterLayout.Layer) -> [Int] {
    shape.channel.isGated ? [places.gates, places.ups] : [places.ups]
  }

  private func eachExpert(
    _ routing: PassMemory<Scalar>.Routing,
    _ body: (_ expert: Int, _ first: Int, _ rows: Int) -> Void
  ) {
    for expert in 0..<shape.experts {
      let (first, end) = (Int(routing.starts[expert]), Int(routing.starts[expert + 1]))
      if end > first { body(expert, first, end - first) }
    }
  }

  /// Orders the slots by expert, within one by token.
  private func sort(_ routing: PassMemory<Scalar>.Routing, slots: Int) {
    let starts = routing.starts
    starts.update(repeating: 0, count: shape.experts + 1)
    for slot in 0..<slots { starts[Int(routing.chosen[slot]) + 1] += 1 }
    for expert in 0..<shape.experts { starts[expert + 1] += starts[expert] }
    for slot in 0..<slots {
      let expert = Int(routing.chosen[slot])
      let place = Int(starts[expert])
      starts[expert] += 1
      routing.tokens[place] = Int32(slot / shape.slots)
      routing.places[place] = Int32(slot)
      routing.slotWeights[place] = routing.weights[slot]
    }
    // Each start has moved to the next one's place.
    for expert in stride(from: shape.experts, to: 0, by: -1) { starts[expert] = starts[expert - 1] }
    starts[0] = 0
  }
}
