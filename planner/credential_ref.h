/* SPDX-License-Identifier: PostgreSQL */
/*
 * credential_ref -- where a credential is to be found, never the credential itself.
 *
 * The manifest says `{env: NAME}` or `{file: PATH}`; the reference travels as text ("env:NAME",
 * "file:/absolute/path") through the plan and the database, and is resolved only where a request
 * needs it. A relative path is taken from the manifest's folder.
 */
#ifndef WABAMIGRATE_PLANNER_CREDENTIAL_REF_H
#define WABAMIGRATE_PLANNER_CREDENTIAL_REF_H

#include "base/fault.h"
#include "base/secret.h"

/* Reads the credential a reference names. STATUS_CREDENTIAL, naming variable or file, when it is
 * missing or empty; STATUS_INVALID when `reference` is neither form. */
MUST_CHECK enum status credential_ref_resolve(const char *reference, struct secret **secret,
                                              struct fault *fault);

#endif
