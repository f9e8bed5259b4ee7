// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// What every sample has, member by member: `CompactJSONEncoder` asks Swift's runtime about every member's
/// type and generic containers, which took six times as long as writing the bytes.
///
/// Byte for byte what the encoder writes, in the order in which the types declare their members; a test
/// compares them on random records, so a member that is added to a type and not here is found.
extension JSONText {
  /// An observation without its trace, counters and requests, which have tables of their own; an empty list
  /// tells that there were requests.
  func append(_ one: Observation) throws {
    append("{")
    member("\"startNs\":", one.startNs)
    member("\"endNs\":", one.endNs)
    member("\"promptTokens\":", one.promptTokens)
    member("\"cachedTokens\":", one.cachedTokens)
    member("\"outputTokens\":", one.outputTokens)
    member("\"depth\":", one.depth)
    member("\"scheduledNs\":", one.scheduledNs)
    member("\"sentNs\":", one.sentNs)
    member("\"admittedNs\":", one.admittedNs)
    member("\"doneNs\":", one.doneNs)
    member("\"emissionNs\":", one.emissionNs)
    member("\"emissionTokens\":", one.emissionTokens)
    if one.requests != nil { append("\"requests\":[],") }
    try encoded("\"traffic\":", one.traffic)
    member("\"flops\":", one.flops)
    member("\"weightBytes\":", one.weightBytes)
    member("\"kvBytes\":", one.kvBytes)
    member("\"activationBytes\":", one.activationBytes)
    try encoded("\"load\":", one.load)
    member("\"iterations\":", one.iterations)
    try encoded("\"eviction\":", one.eviction)
    member("\"outputFingerprint\":", one.outputFingerprint)
    member("\"outputTokenIDs\":", one.outputTokenIDs)
    member("\"referenceError\":", one.referenceError)
    if let usage = one.usage { member("\"usage\":", usage) }
    if let heap = one.heap { member("\"heap\":", heap) }
    try encoded("\"energy\":", one.energy)
    try encoded("\"callgrind\":", one.callgrind)
    member("\"roundTripNs\":", one.roundTripNs)
    try encoded("\"extra\":", one.extra)
    member("\"holdsTrace\":", one.holdsTrace)
    try encoded("\"injection\":", one.injection)
    closeObject()
  }

  func append(_ one: SampleEnvironment) throws {
    append("{")
    member("\"wallSeconds\":", one.wallSeconds)
    member("\"processors\":", one.processors)
    member("\"stealSeconds\":", one.stealSeconds)
    member("\"foreignSeconds\":", one.foreignSeconds)
    member("\"workerSeconds\":", one.workerSeconds)
    member("\"waitSeconds\":", one.waitSeconds)
    member("\"cpuPressureSeconds\":", one.cpuPressureSeconds)
    member("\"cpuFullPressureSeconds\":", one.cpuFullPressureSeconds)
    member("\"memoryPressureSeconds\":", one.memoryPressureSeconds)
    member("\"memoryFullPressureSeconds\":", one.memoryFullPressureSeconds)
    member("\"ioPressureSeconds\":", one.ioPressureSeconds)
    member("\"ioFullPressureSeconds\":", one.ioFullPressureSeconds)
    member("\"involuntarySwitches\":", one.involuntarySwitches)
    member("\"migrations\":", one.migrations)
    member("\"majorFaults\":", one.majorFaults)
    member("\"threads\":", one.threads)
    member("\"thermalThrottles\":", one.thermalThrottles)
    member("\"quotaThrottledSeconds\":", one.quotaThrottledSeconds)
    member("\"megahertz\":", one.megahertz)
    try encoded("\"unavailable\":", one.unavailable)
    closeObject()
  }

  private func member(_ name: StaticString, _ usage: ResourceUsage) {
    append(name)
    append("{")
    member("\"userSeconds\":", usage.userSeconds)
    member("\"systemSeconds\":", usage.systemSeconds)
    member("\"minorFaults\":", usage.minorFaults)
    member("\"majorFaults\":", usage.majorFaults)
    member("\"voluntarySwitches\":", usage.voluntarySwitches)
    member("\"involuntarySwitches\":", usage.involuntarySwitches)
    member("\"peakResidentBytes\":", usage.peakResidentBytes)
    closeObject()
    append(",")
  }

  private func member(_ name: StaticString, _ heap: HeapReading) {
    append(name)
    append("{")
    member("\"allocations\":", heap.allocations)
    member("\"bytes\":", heap.bytes)
    member("\"unavailable\":", heap.unavailable)
    closeObject()
    append(",")
  }

  /// The name is given with its quotes and colon, so that it is one copy.
  private func member(_ name: StaticString, _ value: Int?) {
    guard let value else { return }
    append(name)
    append(value)
    append(",")
  }

  private func member(_ name: StaticString, _ value: Double?) {
    guard let value else { return }
    append(name)
    append(value)
    append(",")
  }

  private func member(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    append(name)
    append(quoted: value)
    append(",")
  }

  private func member(_ name: StaticString, _ value: Bool?) {
    guard let value else { return }
    append(name)
    append(value)
    append(",")
  }

  private func member(_ name: StaticString, _ value: [Int]?) {
    guard let value else { return }
    append(name)
    append(value)
    append(",")
  }

  /// What few samples have goes through the encoder.
  private func encoded(_ name: StaticString, _ value: (some Encodable)?) throws {
    guard let value else { return }
    append(name)
    try CompactJSONEncoder.write(value, to: self)
    append(",")
  }
}
