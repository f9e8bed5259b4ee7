// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import TachoRecord

extension LaunchRecorder {
  /// The recorder that a workload was asked to use; nil for none.
  convenience init?(_ recording: LaunchRecording) {
    switch recording {
    case .none: return nil
    case .slow: self.init(mode: .slowSteps)
    case .all: self.init(mode: .all)
    }
  }
}

extension SampleTrace {
  init(_ trace: LaunchTrace, variant: String, isPartial: Bool) {
    var names: [UnsafeRawPointer: String] = [:]
    // A name's text is made once, not for each of ten thousand launches.
    func text(_ name: StaticString) -> String {
      let address = UnsafeRawPointer(name.utf8Start)
      if let known = names[address] { return known }
      names[address] = name.description
      return name.description
    }
    var next = 0
    let launches = trace.launches.map { launch in
      let times = Array(trace.workerNs[next..<next + 2 * Int(launch.workers)])
      next += times.count
      return LaunchRecord(
        op: text(launch.op), variant: variant, step: launch.step, layer: Int(launch.layer),
        enqueueNs: launch.enqueueNs, endNs: launch.endNs, workerNs: times)
    }
    let spans = trace.spans.map {
      SpanRecord(name: text($0.name), step: $0.step, startNs: $0.startNs, endNs: $0.endNs)
    }
    let steps = trace.steps.map {
      StepRecord(
        step: $0.step, rows: $0.rows, startNs: $0.startNs, endNs: $0.endNs,
        processor: $0.processor, involuntarySwitches: $0.involuntarySwitches,
        minorFaults: $0.minorFaults, majorFaults: $0.majorFaults, isSlow: $0.isSlow)
    }
    self.init(
      launches: launches, spans: spans, steps: steps, omittedLaunches: trace.omitted,
      isPartial: isPartial)
  }
}
