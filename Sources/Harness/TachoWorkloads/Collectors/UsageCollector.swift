// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// What the operating system charged to the worker's process (getrusage).
package final class UsageCollector: Collector {
  private var meter = ResourceMeter()
  private var usage: ResourceUsage?

  package init(_ request: CollectorRequest) throws {}

  package func begin() { meter = ResourceMeter() }

  package func end() { usage = meter.usage() }

  package func report(into observation: inout Observation) { observation.usage = usage }
}
