/* SPDX-License-Identifier: PostgreSQL */
/*
 * session_message -- one line of `capture`: Meta's session message as the browser got it, with the
 * exchange code and the customer's key beside it. Pure.
 *
 * Both shapes that Meta has used are read (v4, and v2/v3 with a top-level "version" and without
 * business_id).
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_SESSION_MESSAGE_H
#define WABAMIGRATE_ORCHESTRATOR_SESSION_MESSAGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/secret.h"

#define SESSION_MESSAGE_BYTES_MAX (64 * 1024)

struct session_message {
    struct arena *arena; /* where the texts are */
    const char *event;
    bool is_taken;          /* else the signup was abandoned: there is nothing to take */
    const char *why_passed; /* then: what to do about it */
    /* of what is taken: */
    const char *waba_id;                       /* an id */
    const char *phone_number_id, *business_id; /* ids, or NULL */
    const char *customer, *batch;              /* or NULL */
    struct secret *code;                       /* or NULL */
};

/* Reads one line. STATUS_INVALID with what is wrong with it; what it holds of a code is never
 * repeated. Release with session_message_finish() in either case. */
MUST_CHECK enum status session_message_read(const char *text, struct session_message *message,
                                            struct fault *fault);
void session_message_finish(struct session_message *message);

#endif
