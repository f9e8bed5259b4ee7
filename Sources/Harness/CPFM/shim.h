// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <errno.h>
#include <perfmon/pfmlib.h>
#include <perfmon/pfmlib_perf_event.h>
#include <string.h>

// Swift does not see the bit fields.
static inline int tacho_pmu_is_present(const pfm_pmu_info_t *info) { return info->is_present; }

// What libpfm4 puts into perf_event_attr for an event's name; `pmu` is the one it belongs to.
typedef struct {
  uint32_t type;
  uint64_t config, config1, config2;
  uint32_t precise;
  int exclude_user, exclude_kernel, exclude_hypervisor, exclude_guest;
  pfm_pmu_t pmu;
} tacho_event_encoding;

// Encodes a name for the kernel, counting in user and kernel mode unless it says otherwise. PFM_SUCCESS or an
// error of libpfm4.
static inline int tacho_encode_event(const char *name, tacho_event_encoding *encoding) {
  struct perf_event_attr attributes;
  pfm_perf_encode_arg_t request;
  pfm_event_info_t event;
  memset(&attributes, 0, sizeof attributes);
  memset(&request, 0, sizeof request);
  memset(&event, 0, sizeof event);
  attributes.size = sizeof attributes;
  request.attr = &attributes;
  request.size = sizeof request;
  event.size = sizeof event;
  // For raw codes libpfm4 asks errno whether strtoull overflowed, and an earlier overflow answers.
  errno = 0;
  int status =
      pfm_get_os_event_encoding(name, PFM_PLM3 | PFM_PLM0, PFM_OS_PERF_EVENT, &request);
  if (status != PFM_SUCCESS) return status;
  status = pfm_get_event_info(request.idx, PFM_OS_PERF_EVENT, &event);
  if (status != PFM_SUCCESS) return status;
  encoding->type = attributes.type;
  encoding->config = attributes.config;
  encoding->config1 = attributes.config1;
  encoding->config2 = attributes.config2;
  encoding->precise = attributes.precise_ip;
  encoding->exclude_user = attributes.exclude_user;
  encoding->exclude_kernel = attributes.exclude_kernel;
  encoding->exclude_hypervisor = attributes.exclude_hv;
  encoding->exclude_guest = attributes.exclude_guest;
  encoding->pmu = event.pmu;
  return PFM_SUCCESS;
}
