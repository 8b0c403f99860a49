/* SPDX-License-Identifier: PostgreSQL */
/* `key status`, `key rotate`, `key retire`. */
#include "orchestrator/commands.h"

#include <inttypes.h>
#include <stdio.h>

#include "orchestrator/database.h"
#include "orchestrator/pg.h"
#include "orchestrator/store_keyring.h"

static enum status show(PGconn *conn, const struct vault *vault, struct fault *fault)
{
    bool is_unfinished = false;

    printf("%-16s  %-14s  secrets, of %s\n", "key", "use", vault_key_file(vault));
    enum status status = store_keyring_print(conn, vault, stdout, &is_unfinished, fault);
    if (status == STATUS_OK && is_unfinished)
        printf("a rotation has not ended: run `wabamigrate key rotate`\n");
    return status;
}

static enum status rotate(PGconn *conn, struct vault *vault, struct fault *fault)
{
    struct store_keyring_rotation done;

    enum status status = store_keyring_rotate(conn, vault, &done, fault);
    if (status != STATUS_OK)
        return status;
    printf("%s: key %s seals now, %" PRId64 " secret%s sealed anew\n",
           done.is_resumed ? "the rotation goes on" : "rotated", vault_key_id(vault, 0),
           done.resealed, done.resealed == 1 ? "" : "s");
    if (done.unreadable > 0)
        return fault_set(
            fault, STATUS_CREDENTIAL,
            "%" PRId64 " secret%s with no key of %s (see the log); nothing of them has "
            "been changed: put the key that is missing back as a further line of the "
            "file, and run `wabamigrate key rotate` again",
            done.unreadable, done.unreadable == 1 ? " opens" : "s open", vault_key_file(vault));
    printf("the old keys stay in %s for backups of the database; `wabamigrate key retire` drops "
           "them. Keep a copy of the file, elsewhere than those backups, and copy it to every "
           "machine that works with this database\n",
           vault_key_file(vault));
    return STATUS_OK;
}

static enum status retire(PGconn *conn, struct vault *vault, struct fault *fault)
{
    unsigned count = 0;

    enum status status = store_keyring_retire(conn, vault, &count, fault);
    if (status == STATUS_OK)
        printf("%u key%s dropped from %s; backups of the database from before the rotation open "
               "only with a copy of the file that held %s\n",
               count, count == 1 ? "" : "s", vault_key_file(vault), count == 1 ? "it" : "them");
    return status;
}

static enum status act(const struct options *options, PGconn *conn, struct vault *vault,
                       struct fault *fault)
{
    switch (options->verb) {
    case VERB_KEY_ROTATE:
        return rotate(conn, vault, fault);
    case VERB_KEY_RETIRE:
        return retire(conn, vault, fault);
    default:
        return show(conn, vault, fault);
    }
}

int command_key(const struct options *options, const struct clock *clock, struct fault *fault)
{
    struct database database = {0};
    PG_AUTO_CLOSE PGconn *conn = NULL;
    struct vault *vault = NULL;
    enum vault_use use = options->verb == VERB_KEY_STATUS ? VAULT_READ : VAULT_WRITE;

    enum status status = database_find(options, clock, &database, fault);
    if (status == STATUS_OK)
        status = database_connect(&database, &conn, fault);
    if (status == STATUS_OK)
        status = database_open_vault(&database, conn, use, &vault, fault);
    if (status == STATUS_OK)
        status = act(options, conn, vault, fault);
    vault_close(vault);
    database_finish(&database);
    return status == STATUS_CONFLICT ? EXIT_STOPPED : options_exit_code(status);
}
