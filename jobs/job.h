/* SPDX-License-Identifier: PostgreSQL */
/*
 * job -- one kind of step: how it talks to Graph, and nothing else.
 *
 * A kind is a row of phases; a phase is one request, or no request at all. Everything here is pure:
 * from (facts) to a request, and from (facts, answer) to a reply. No socket, no database, no clock.
 *
 * Phases come in three types.
 * - PHASE_READ changes nothing on Graph and may be sent any number of times.
 * - PHASE_EFFECT changes something (exchange_code's GET too: it burns the code). It leaves only
 * after its intent is committed, and names the phase that settles the doubt when no answer came
 * back. That phase is always a read; only its answer may lead back to the effect.
 * - PHASE_LOCAL sends nothing: it is decided from the facts alone.
 *
 * A kind begins at its first phase. build() may also decide without a request (nothing to do, or
 * something is missing).
 */
#ifndef WABAMIGRATE_JOBS_JOB_H
#define WABAMIGRATE_JOBS_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/secret.h"
#include "jobs/budget.h"
#include "jobs/graph_error.h"
#include "jobs/request.h"

struct json_object;

enum subject { SUBJECT_WABA, SUBJECT_NUMBER };
enum phase_type { PHASE_READ, PHASE_EFFECT, PHASE_LOCAL };

/* What is known when a step is taken up. Borrowed; NULL when not known. */
struct facts {
    const char *graph_version; /* "v26.0" */
    /* the partner */
    const char *partner_business_id, *app_id, *credit_line_id, *credit_method, *system_user_id;
    const struct secret *system_token, *app_secret;
    /* the customer */
    const char *customer, *business_id, *source_waba_id, *destination_waba_id;
    const char *waba_currency, *webhook_override_callback_uri, *allocation_config_id;
    const struct secret *business_token, *source_token, *signup_code, *webhook_verify_token;
    /* the number; all NULL for a step of a WABA */
    const char *number;                  /* "+33123456789" */
    const char *country_code, *national; /* "33", "123456789" */
    const char *phone_number_id, *source_phone_number_id, *data_localization_region;
    const char *code_method, *language; /* of the verification code; NULL: SMS, en_US */
    const struct secret *pin, *verification_code;
    /* the business profile that the source showed, where it is to be kept (JSON); else NULL */
    const char *kept_profile;
    bool is_verified; /* Meta knows that the number is its owner's; false: not, or not known */
    bool can_verify;  /* its path has the steps that ask for a code and verify it */
    /* the fields a read asks for (the planner knows which), by side; template_fields NULL:
     * templates are not read */
    const char *source_waba_fields, *source_number_fields;
    const char *destination_waba_fields, *destination_number_fields, *template_fields;
    const char *confirmed_number_fields; /* of the destination's numbers, once registered */
    /* fields that Graph is known to refuse to the token that reads: ",name,name,"; NULL: none */
    const char *source_refused_fields, *destination_refused_fields;
    /* a step of a WABA: its numbers' ids on the source, comma separated, as far as they are known
     */
    const char *source_phone_number_ids;
    /* a step of a WABA that is taken up for the first time: what the last read of the destination
     * said, where it is fresh (schema 012; JSON object, with "_left_out"); else NULL */
    const char *fresh_destination;
    /* a step of templates: what is known of them (JSON object; jobs/templates.h) */
    const char *templates;
    /* the step */
    int64_t now_ms;         /* wall time at which it was taken up */
    const char *memo;       /* what an earlier phase of this step left (JSON object), or NULL */
    int64_t intended_at_ms; /* wall time of the last effect's intent, 0 if there was none */
    bool is_in_doubt;       /* that effect may have arrived: no answer to it has been read */
};

enum outcome {
    OUTCOME_SEND,        /* build() only: the request is ready */
    OUTCOME_DONE,        /* the step is finished */
    OUTCOME_NEXT,        /* go on with reply.next_phase */
    OUTCOME_RETRY,       /* the same phase after a backoff; costs a try */
    OUTCOME_WAIT_TIME,   /* the same phase (or next_phase) after wait_ms; costs no try */
    OUTCOME_WAIT_PERSON, /* until somebody acts: waiting_for says on what */
    OUTCOME_FAILED,      /* needs a decision: retry or cancel */
    OUTCOME_UNSURE       /* an effect whose answer was lost: its in_doubt phase is next */
};
const char *outcome_name(enum outcome outcome);

enum learned_type {
    LEARNED_WABA,           /* json: the WABA's fields, "_templates" and "_left_out" among them;
                               is_source */
    LEARNED_TEMPLATES,      /* json: {"_templates": {...}}, to be added to what LEARNED_WABA said;
                               is_source */
    LEARNED_NUMBER,         /* json: a number's fields, or NULL; id, digits; is_source */
    LEARNED_CONFIRMED,      /* json: how the number stands on the destination at the end */
    LEARNED_UNREADABLE,     /* this WABA cannot be read (is_source): forget its facts */
    LEARNED_FIELD_REFUSED,  /* id: a field that Graph does not give to the token that reads;
                               is_source */
    LEARNED_BUSINESS_TOKEN, /* secret: the customer's business token */
    LEARNED_ALLOCATION,     /* id: the credit allocation configuration */
    LEARNED_SYSTEM_USER,    /* id: the partner's system user */
    LEARNED_CODE_BURNT,     /* the signup code has been used or has expired: forget it */
    LEARNED_VERIFIED,       /* the number is verified */
    LEARNED_UNVERIFIED,     /* the number is not, or no longer, verified */
    LEARNED_CODE_REFUSED,   /* Meta does not take the verification code: forget it */
    LEARNED_TEMPLATES_PAGE, /* json: {"list":[{"id","name","language","status","category","quality",
                               "rejected_reason","flows":[ids]}],"is_first","is_last","is_before"};
                               is_source */
    LEARNED_TEMPLATE_NEWS,  /* json: what became of asking for copies (sql/learn_template_news.sql)
                             */
    LEARNED_TEMPLATE_FLOWS  /* json: the same of flows (sql/learn_template_flows.sql) */
};

struct learned {
    enum learned_type type;
    bool is_source;
    const char *id, *digits, *json;
    struct secret *secret;    /* owned by the reply until taken */
    struct json_object *node; /* LEARNED_CONFIRMED: json, parsed; owned by the reply until taken */
    struct learned *next;
};

struct reply {
    struct arena *arena;
    enum outcome outcome;
    const char *next_phase; /* OUTCOME_NEXT; NULL otherwise keeps the phase */
    const char *memo;       /* NULL keeps what is there; "" forgets it */
    const char
        *waiting_for; /* OUTCOME_WAIT_PERSON: "signup", "credential", "code", "payment", ... */
    const char *note; /* one sentence for the history: why it went this way; may be NULL */
    int64_t wait_ms;
    unsigned tries_max;          /* OUTCOME_RETRY: 0 for the engine's default */
    bool has_error;              /* error is filled */
    struct graph_error error;    /* kept with the step when it waits for a person or failed */
    enum error_scope park_scope; /* with is_throttled */
    bool is_throttled;           /* park park_scope for wait_ms */
    bool is_credential_refused;  /* nothing more may be sent with the token this request used */
    bool is_unsent;              /* the request never left: no fault of the step's */
    struct learned *learned;
};

/* What came back. */
enum transport {
    TRANSPORT_OK,     /* an HTTP answer, whole */
    TRANSPORT_UNSENT, /* it certainly never left: name lookup, connect or TLS handshake failed */
    TRANSPORT_LOST    /* it may have arrived: no answer, or a cut or malformed one */
};

struct answer {
    enum transport transport;
    const char *transport_error; /* for people; NULL with TRANSPORT_OK */
    int http_status;
    struct json_object *body; /* NULL when it is not JSON; borrowed */
    int64_t retry_after_ms;   /* 0: no Retry-After */
    int64_t date_ms;          /* its Date, wall time in whole seconds; 0: none */
};

/* When a phase is gone through by a migration that nothing disturbs: what the forecast adds up. */
enum usual {
    USUAL_NEVER, /* after a lost answer or a surprise only */
    USUAL_ALWAYS,
    USUAL_WITH_SIGNUP_CODE,      /* where a signup brought a code */
    USUAL_WITH_CREDIT_LINE,      /* where the partner shares its credit line */
    USUAL_WITH_LINE_IN_PARTS,    /* the same, where it is shared and attached by two calls */
    USUAL_WITH_LINE_AT_ONCE,     /* the same, where one call does both */
    USUAL_WITH_WEBHOOK_OVERRIDE, /* where the customer has a callback of its own */
    USUAL_WITH_STORAGE_REGION,   /* where a data localization region is wished for */
    USUAL_WITH_NEW_NUMBER,       /* where the number is yet to be made on the destination */
    USUAL_WITH_TEMPLATES,        /* where the customer's templates are looked after */
    USUAL_WITH_TEMPLATES_BEFORE, /* where they are copied before a number registers */
    USUAL_FOR_A_PAGE,            /* once for as many numbers of a WABA as a page of its list has */
    USUAL_COUNT
};

/* As many numbers of a WABA are read by one call. */
#define JOB_PAGE_NUMBERS 100

struct job_phase {
    const char *name;
    enum phase_type type;
    const char *in_doubt; /* PHASE_EFFECT: the PHASE_READ that settles it; NULL otherwise */
    /* Fills `request` and returns OUTCOME_SEND, or decides at once (fills `reply`). */
    enum outcome (*build)(const struct facts *facts, struct request *request, struct reply *reply);
    /* A 2xx JSON answer without an error. NULL for PHASE_LOCAL. */
    void (*answer)(const struct facts *facts, struct json_object *body, struct reply *reply);
    /* A Graph error this phase understands better than the table: true when `reply` is decided.
     * NULL: the table decides. */
    bool (*error)(const struct facts *facts, const struct graph_error *error, struct reply *reply);
    enum budget budget; /* what its request uses up */
    enum usual usual;   /* a PHASE_LOCAL sends nothing: USUAL_NEVER */
};

struct job_kind {
    const char *name; /* the word in the database, the report and the history */
    enum subject subject;
    bool is_urgent;    /* claimed before everything else (a signup code lives 30 seconds) */
    bool is_assessed;  /* decided by the planner's eligibility rules, not by its phase */
    bool is_of_source; /* its calls are counted by the source WABA, not by the destination */
    bool is_audited;   /* LEARNED_CONFIRMED is compared with what was before (planner/audit.h) */
    bool takes_code;   /* works with the verification code: a new one wakes it */
    /* Its reads are lists of the whole WABA: steps that send the same one at the same time share
     * one call, and each decides from the answer by its own facts. */
    bool shares_reads;
    /* So long at most it waits, once all it needs is done, for numbers of its WABA that are on
     * their way to the same step, so that they share its read. 0: for nobody. */
    int64_t gather_ms;
    const struct job_phase *phases;
    size_t phase_count;
};

/* jobs/job_table.c: every kind there is. */
extern const struct job_kind *const JOB_KINDS[];
extern const size_t JOB_KIND_COUNT;

const struct job_kind *job_find(const char *name); /* NULL: none */
const struct job_phase *job_find_phase(const struct job_kind *kind,
                                       const char *phase); /* NULL: none;
                                       a NULL phase is the first one */

/* Builds the request of one phase, or decides without one. `reply` is reset; both live in `arena`.
 */
enum outcome job_build(const struct job_phase *phase, const struct facts *facts,
                       struct arena *arena, struct request *request, struct reply *reply);

/* What an answer means: lost answers, HTTP errors, Graph errors and success, in that order. Always
 * decides: `reply->outcome` is never OUTCOME_SEND. */
void job_answer(const struct job_phase *phase, const struct facts *facts,
                const struct answer *answer, struct arena *arena, struct reply *reply);

/* Whether Graph itself answered, and not to say that it is out of order (codes 1, 2, 131016 and the
 * like): what a network that is down, a proxy's page or a sign-in page never does. */
bool job_is_answered(const struct answer *answer, struct arena *arena);

/* Releases the secrets a reply still owns. */
void reply_finish(struct reply *reply);

/* For the job kinds. */
void reply_learn(struct reply *reply, enum learned_type type, bool is_source, const char *id,
                 const char *digits, const char *json, struct secret *secret);
/* LEARNED_CONFIRMED; takes `node` over. */
void reply_learn_confirmed(struct reply *reply, const char *id, struct json_object *node);
enum outcome reply_done(struct reply *reply, const char *note);
enum outcome reply_next(struct reply *reply, const char *phase, const char *note);
enum outcome reply_wait_person(struct reply *reply, const char *waiting_for, const char *owner,
                               const char *remedy); /* makes an error of code 0 with that remedy */
enum outcome reply_failed(struct reply *reply, const char *title, const char *owner,
                          const char *remedy);

#endif
