/* SPDX-License-Identifier: PostgreSQL */
/*
 * manifest_keys -- what may stand in a manifest, as tables: the keys of each mapping, the form of
 * each value and where it is kept. The YAML reader and the CSV reader both work from these rows, so
 * that the two cannot disagree about a key.
 *
 * Private to the manifest's own files.
 */
#ifndef WABAMIGRATE_PLANNER_MANIFEST_KEYS_H
#define WABAMIGRATE_PLANNER_MANIFEST_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "planner/manifest.h"

enum manifest_kind {
    /* one scalar */
    KIND_VERSION,
    KIND_KEY,  /* a name people choose to find something by */
    KIND_TEXT, /* any text on one line */
    KIND_FILE,
    KIND_ID,     /* an id of Meta's: digits */
    KIND_NUMBER, /* E.164; kept as a struct e164 */
    KIND_CHOICE,
    KIND_CURRENCY,
    KIND_LANGUAGE,
    KIND_GRAPH_VERSION,
    KIND_HTTPS,
    KIND_DURATION, /* "15m" */
    KIND_DATE,
    KIND_CREDENTIAL_ENV,  /* kept in the field of the mapping it stands in, as "env:NAME" */
    KIND_CREDENTIAL_FILE, /* the same, as "file:/absolute/path" */
    /* more than a scalar */
    KIND_MAPPING,
    KIND_CREDENTIAL, /* a mapping of `env` or `file` */
    KIND_ATTEST,     /* a mapping of eligibility rules to dates */
    KIND_SEQUENCE    /* of mappings */
};

/* What a mapping fills. Most fill the record of the mapping they stand in. */
enum manifest_record { RECORD_OUTER, RECORD_DOCUMENT, RECORD_CUSTOMER, RECORD_NUMBER };

struct manifest_table;

struct manifest_key {
    const char *name;
    enum manifest_kind kind;
    bool is_required;
    size_t offset;                      /* of the field in the record; scalars and credentials */
    const char *const *choices;         /* KIND_CHOICE; NULL ends the list */
    const struct manifest_table *table; /* of the mapping, or of the sequence's items */
    enum manifest_record record;        /* in a CSV row: whose key the column is */
};

#define MANIFEST_KEYS_MAX 24

struct manifest_table {
    const char *what; /* "customer": how messages call such a mapping */
    enum manifest_record record;
    const struct manifest_key *keys;
    unsigned count;
};

/* The record of the top-level mapping. */
struct manifest_document {
    struct manifest_batch batch;
    const char *numbers_file;
};

extern const struct manifest_table MANIFEST_DOCUMENT_KEYS;
extern const struct manifest_table MANIFEST_CUSTOMER_KEYS;
extern const struct manifest_table MANIFEST_NUMBER_KEYS;
/* The columns of a numbers file; dotted where a key's value is a mapping. */
extern const struct manifest_table MANIFEST_ROW_KEYS;

const struct manifest_key *manifest_keys_find(const struct manifest_table *table, const char *name);

/* Writes how to mend an unknown key: the nearest known one, or all of them. */
#define MANIFEST_ADVICE_BYTES 384
void manifest_keys_advise(const struct manifest_table *table, const char *name,
                          char advice[MANIFEST_ADVICE_BYTES]);
/* The same for an eligibility rule. */
void manifest_keys_advise_rule(const char *name, char advice[MANIFEST_ADVICE_BYTES]);

/* Whether a scalar has the form its key asks for; the fault says what is wrong and how to mend it.
 * Numbers are parsed with e164_parse() instead. */
MUST_CHECK enum status manifest_keys_check(const struct manifest_key *key, const char *text,
                                           struct fault *fault);

/* `text` in quotes for a message: cut short, without control characters, and not at all ("this
 * text") when it could be a credential that somebody put in the wrong place. */
#define MANIFEST_SHOWN_BYTES 96
const char *manifest_keys_show(const char *text, char shown[MANIFEST_SHOWN_BYTES]);
bool manifest_keys_looks_secret(const char *text);

#endif
