/* SPDX-License-Identifier: PostgreSQL */
/*
 * argument_secrets -- passwords that somebody has written on the command line all the same.
 *
 * No option takes a secret, but --database takes any libpq URL, and one may hold a password, which
 * `ps` shows to every user of the machine. It is overwritten as soon as the program starts. That
 * leaves a moment; PGPASSFILE or a service file leaves none.
 */
#ifndef WABAMIGRATE_ORCHESTRATOR_ARGUMENT_SECRETS_H
#define WABAMIGRATE_ORCHESTRATOR_ARGUMENT_SECRETS_H

/* A copy of the arguments; in the originals, passwords of URLs ("//user:…@") and whatever follows
 * "password=" are "*" now. Give it to argument_secrets_release() when nothing points there any
 * more. */
char **argument_secrets_hide(int argc, char **argv);
/* Wipes the copies, then frees them. NULL is fine. */
void argument_secrets_release(char **copies);

#endif
