/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/lease.h"

#include <stdlib.h>

#include "base/clock.h"

#define LEASE_MS 90000

enum status lease_terms_read(struct lease_terms *terms, struct fault *fault)
{
    const char *text = getenv("WABAMIGRATE_LEASE");
    int64_t lease_ms = LEASE_MS;

    if (text && *text && clock_parse_duration(text, &lease_ms, fault) != STATUS_OK) {
        fault_prefix(fault, "WABAMIGRATE_LEASE: ");
        return STATUS_INVALID;
    }
    /* Of 90 s: renewed every 22, a transfer of 30, a margin of 40, a step's 180, a lock's 15, a
     * silence of 30. */
    *terms = (struct lease_terms){.lease_ms = lease_ms,
                                  .renewal_ms = lease_ms / 4,
                                  .transfer_ms = lease_ms / 3,
                                  .margin_ms = lease_ms * 4 / 9,
                                  .step_ms = lease_ms * 2,
                                  .lock_ms = lease_ms / 6,
                                  .silence_ms = lease_ms / 3};
    return STATUS_OK;
}
