/* SPDX-License-Identifier: PostgreSQL */
/*
 * lease -- how long a worker may hold what, and until when it may send: every such time in one
 * place.
 *
 * Two clocks, for two questions.
 * - Is the worker alive? Its run has a lease, which it renews all the time. A lease that has run
 *   out means a silent worker: whoever asks next ends that run and takes all its steps back.
 * - Does this step get on? Each claim has a deadline, which nothing renews. Past it a step is taken
 *   back from a worker that lives, because it has evidently lost it.
 * What is taken back gets a new epoch, so that the database refuses the outcome of the old one; an
 * effect is in doubt and is read about before anything is sent. That is safe only if nothing is
 * sent any more by then, so a worker stops sending `margin_ms` before either ends: a transfer takes
 * at most `transfer_ms` of that, and the rest is for recording its answer. A worker that lives
 * never comes near: it renews after a quarter of its lease, and what it claims ahead waits for one
 * free slot, that is one transfer.
 *
 * A worker may be frozen (SIGSTOP, a suspended machine, a starved one) at any instruction and must
 * find out when it wakes. So the time is asked on CLOCK_BOOTTIME, counted from before the database
 * was asked, and it is asked again when a connection is ready and the request would leave, and
 * again before its body does (graph.h). One gap is left that no program can close from user space:
 * frozen after that last look and before the kernel takes the bytes. Then the request leaves late,
 * Graph may be asked twice, and the database still refuses the second outcome; only Graph itself
 * could refuse the request, and it takes no such condition.
 *
 * Both ends are kept in the database's wall clock, because only that one is shared. Its jumps:
 * - backwards: leases and deadlines last longer; work of a dead worker waits longer. Nothing else.
 * - forwards (a step of NTP, a virtual machine that was paused, a failover to a server whose clock
 *   is ahead): others take back too early by as much. A worker goes by its own clock and stops
 *   `margin_ms` early, so that up to that less the doubt's grace changes nothing but that a step is
 *   looked up. A jump beyond it, with two runs of a batch at work and an effect claimed but not yet
 *   sent, could have it sent twice. So the database's hosts need a clock that is slewed (chrony and
 *   timesyncd do that but for the first minutes after a start), and doctor compares it with ours.
 * A worker's own wall clock does not come into it at all.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_LEASE_H
#define WABAMIGRATE_ORCHESTRATOR_LEASE_H

#include <stdint.h>

#include "base/fault.h"

struct lease_terms {
    int64_t lease_ms;    /* of a run, from its last renewal */
    int64_t renewal_ms;  /* from one renewal to the next */
    int64_t transfer_ms; /* one request, everything included */
    int64_t margin_ms;   /* nothing is sent so shortly before an end */
    int64_t step_ms;     /* from a step's claim to its deadline */
    int64_t lock_ms;     /* the longest wait for a lock in the database: less than a lease */
    int64_t silence_ms;  /* a server that is silent for so long is given up, and dialled again */
};

/* A lease of 90 s, or what WABAMIGRATE_LEASE says (a duration, for tests: a worker need not be
 * frozen for minutes); the other times are in proportion. STATUS_INVALID when that is none. */
MUST_CHECK enum status lease_terms_read(struct lease_terms *terms, struct fault *fault);

#endif
