/* SPDX-License-Identifier: PostgreSQL */
/*
 * store_loaded -- whether a manifest is loaded already, as it stands.
 *
 * A night's run names the same manifest as the night before. Reading a million numbers and merging
 * them into what is there takes long and changes nothing, so a batch remembers the digest of the
 * bytes it was loaded from, the numbers_file's too, and what else a load depends on: the program,
 * its paths, the manifest's folder. What is not in the bytes is looked at each time: that every
 * credential is still where the manifest says, and that no other batch has brought anything since.
 *
 * When in doubt it is not loaded: standard input and pipes can be read only once, and a load that
 * had something to tell tells it again.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_STORE_LOADED_H
#define WABAMIGRATE_ORCHESTRATOR_STORE_LOADED_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/fault.h"
#include "orchestrator/store_load.h"
#include "planner/manifest.h"

/* Fills batch_id and batch of *result where *is_loaded. Reads the manifest's files and every
 * credential it names. May block. */
MUST_CHECK enum status store_loaded_find(PGconn *conn, const char *manifest,
                                         struct store_load_result *result, bool *is_loaded,
                                         struct fault *fault);

/* Within a load: what it was loaded from. NULL digests: the next run loads in full again. */
MUST_CHECK enum status store_loaded_record(PGconn *conn, int64_t batch_id, const char *manifest,
                                           const char *digest, const char *numbers_file,
                                           const char *numbers_file_digest, struct fault *fault);

#endif
