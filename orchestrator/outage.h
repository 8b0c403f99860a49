/* SPDX-License-Identifier: PostgreSQL */
/*
 * outage -- whether Graph answers anybody at all.
 *
 * When a network, a proxy or Graph itself is down every step fails, and none of them is at fault:
 * an outage at three in the morning must not turn a book into failed steps. So after a few
 * exchanges in a row that Graph did not answer nothing more is sent but one small read, the probe:
 * at once, and then less and less often; the first answer to anything ends it. What fails while it
 * lasts costs no try. It is told as an outage when the first probe was not answered either.
 *
 * A single step that never gets an answer while everything else does is suspected to be an outage
 * too, and cleared in the time of one call: its tries are counted, and it fails as it should.
 *
 * A worker that was frozen meanwhile, or slept with its machine, has asked nobody: only the time in
 * which it came by counts. Pure: the time comes from outside.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_OUTAGE_H
#define WABAMIGRATE_ORCHESTRATOR_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

#define OUTAGE_SILENCES 3 /* fewer than the tries of a step */
#define OUTAGE_PROBE_FIRST_MS 1000
#define OUTAGE_PROBE_MAX_MS 30000

/* All zero: there is none. */
struct outage {
    unsigned silences; /* in a row */
    bool is_holding;   /* nothing is sent but the probe */
    bool is_on;        /* and a probe was not answered */
    int64_t since_ms, probe_at_ms, pause_ms;
    int64_t came_by_at_ms; /* the loop, last */
};

enum outage_news { OUTAGE_NO_NEWS, OUTAGE_BEGUN, OUTAGE_OVER };

/* At every turn of the loop, before anything else. */
void outage_come_by(struct outage *outage, int64_t now_ms);
/* Of every exchange, the probe's included. */
enum outage_news outage_note(struct outage *outage, bool is_answered, bool is_probe,
                             int64_t now_ms);
bool outage_is_probe_due(const struct outage *outage, int64_t now_ms);
/* The probe is on its way; when the next one is due. `random` is uniform over 32 bits. */
void outage_probed(struct outage *outage, uint32_t random, int64_t now_ms);
/* How long it has lasted; 0: there is none. */
int64_t outage_ms(const struct outage *outage, int64_t now_ms);

#endif
