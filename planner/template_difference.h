/* SPDX-License-Identifier: PostgreSQL */
/*
 * template_difference -- what came along of a WABA's templates and what did not, why, and what is
 * to be done for it; and for how long a number was without them.
 *
 * Pure. A template is one by its name and language: its copy has another id. The words of `result`
 * and `reason` are those of the view wabamigrate.template_difference, and a test holds the two
 * against each other.
 *
 * Meta, "Migrating phone numbers" (both guides) and "Template migration": at registration what is
 * APPROVED and GREEN is copied, by the call what is APPROVED and GREEN or UNKNOWN; what is not
 * copied must be created and submitted again; copies are checked for their category and may be
 * rejected. "Template archival": what was not used for 12 months is archived, and deleted 28 days
 * later.
 */
#ifndef WABAMIGRATE_PLANNER_TEMPLATE_DIFFERENCE_H
#define WABAMIGRATE_PLANNER_TEMPLATE_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Everything is borrowed; NULL where it is not known. */
struct template_row {
    const char *name, *language;
    /* on the source; status NULL: it has none of this name and language, as far as was read */
    const char *source_status, *source_category, *source_quality;
    /* on the destination; status NULL: it is not there */
    const char *destination_status, *destination_category, *destination_quality,
        *destination_rejected_reason;
    /* what was done for it */
    bool is_asked, was_there_before;
    bool is_source_gone, is_destination_gone; /* it was there, and is not on the list any more */
    const char *refusal;                      /* what Graph last said of it */
    const char *given_up; /* why nothing more is tried: limit, refused, not_seen, no_time */
    /* what that comes to: template_judge() fills it, or the view has */
    const char *result, *reason, *reason_text, *qualifies;
    bool is_usable;
    const char *usable_at; /* RFC 3339: when it could first be used */
};

/* A customer's templates, as far as they were read. */
struct template_customer {
    const char *customer, *customer_name, *language; /* its key; as in struct report_number */
    const char *source_waba_id, *destination_waba_id;
    const char *source_read_at, *destination_read_at; /* RFC 3339; NULL: never whole */
    const char *unread; /* why the source's list is not known, or nobody looks after it */
    const struct template_row *rows; /* by name, then language */
    size_t row_count;
};

/* What a template that is not on the destination was, or is, fit for: "automatic" (registration
 * copies it, and the call does), "call" (the call alone) or "none". */
const char *template_qualifies(const char *status, const char *quality);

/* Fills `result`, `reason`, `reason_text`, `qualifies` and `is_usable` from the rest. */
void template_judge(struct template_row *row);

enum template_need {
    TEMPLATE_FINE,     /* nothing is to be done */
    TEMPLATE_WAITS,    /* nobody's work: it is on its way */
    TEMPLATE_OPTIONAL, /* somebody may act, where it is still wanted */
    TEMPLATE_PARTNER,  /* the partner must act, then it can still be copied */
    TEMPLATE_CUSTOMER  /* the customer must create and submit it again, or mend the copy */
};

struct template_advice {
    const char *result, *reason, *status; /* NULL: any */
    enum template_need need;
    const char *why;            /* one clause for people */
    const char *owner, *remedy; /* NULL: nobody, nothing */
};

/* Never NULL. */
const struct template_advice *template_advise(const struct template_row *row);
/* Every advice there is, for the test of the languages; NULL after the last. */
const struct template_advice *template_advice_at(size_t i);

#define TEMPLATE_DETAIL_BYTES 320
/* What the advice's `why` hangs on: a status, a quality, a category before and after, Graph's own
 * words; empty where there is nothing to add. */
void template_detail(const struct template_row *row, char detail[TEMPLATE_DETAIL_BYTES]);

/* The category it has, else had. NULL: not known. */
const char *template_category(const struct template_row *row);

/* The words of `result`, in the order people should care; NULL after the last. */
const char *template_result_at(size_t i);
#define TEMPLATE_RESULTS 12

struct template_counts {
    size_t templates;
    size_t by_result[TEMPLATE_RESULTS + 1]; /* the last: a word nobody knows */
    size_t by_need[TEMPLATE_CUSTOMER + 1];
};
void template_count_add(struct template_counts *counts, const struct template_row *row,
                        size_t count);
void template_count_customer(struct template_counts *counts,
                             const struct template_customer *customer);

/* A customer's rows that somebody must or may act on, the most urgent first, equal advice side by
 * side. Release the list with free(). */
const struct template_row **template_list(const struct template_customer *customer, size_t *count);

/* ---- for how long a number was without its templates ---- */

struct template_downtime {
    bool is_known; /* the number has been cut over, and its WABA's templates are known */
    bool is_open;  /* one that qualifies is still on its way: `seconds` is how long it is so far */
    int64_t seconds;
};

/* From the cut-over until the last template that qualifies could be used; 0 when that was before.
 * Of these, what was given up is no matter of time but of the list. `usable_ms` is the last of
 * them, 0 when there is none; all are wall time. */
struct template_downtime template_downtime(int64_t cut_over_ms, int64_t usable_ms,
                                           size_t on_its_way, int64_t now_ms);

struct template_downtimes {
    size_t numbers, open;
    int64_t median, worst; /* seconds; open ones enter with what they are so far */
};
/* Of those that are known. `downtimes` is put in order. */
struct template_downtimes template_downtimes_sum(struct template_downtime *downtimes, size_t count);

#endif
