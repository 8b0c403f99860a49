/* SPDX-License-Identifier: PostgreSQL */
#include "planner/manifest_nodes.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "planner/eligibility.h"

enum { DEPTH_MAX = 64, SCALAR_BYTES_MAX = 64 * 1024 };

/* The numbers of one customer wait here until the customer is whole; 1 GiB is tens of millions. */
static const size_t PENDING_BYTES_MAX = (size_t)1 << 30;

/* What the parser says, without the parser. */
struct node {
    enum { NODE_SCALAR, NODE_MAPPING, NODE_SEQUENCE } kind;
    const char *text; /* scalars */
    size_t length;
    bool is_plain;
    struct manifest_place place;
};

void manifest_nodes_init(struct manifest_nodes *nodes, struct manifest_book *book)
{
    *nodes = (struct manifest_nodes){.book = book,
                                     .document_arena = arena_create(),
                                     .customer_arena = arena_create(),
                                     .number_arena = arena_create()};
    buffer_init(&nodes->pending, PENDING_BYTES_MAX);
}

void manifest_nodes_finish(struct manifest_nodes *nodes)
{
    if (!nodes)
        return;
    buffer_finish(&nodes->pending);
    arena_destroy(nodes->document_arena);
    arena_destroy(nodes->customer_arena);
    arena_destroy(nodes->number_arena);
    *nodes = (struct manifest_nodes){0};
}

/* --- paths ------------------------------------------------------------------------------------ */

static const char *path_key(struct manifest_nodes *nodes, const struct manifest_frame *frame,
                            const char *name)
{
    char shown[MANIFEST_SHOWN_BYTES];
    bool is_known = *name != '\0' && strlen(name) < MANIFEST_SHOWN_BYTES / 2 &&
                    strspn(name, "abcdefghijklmnopqrstuvwxyz_") == strlen(name);

    snprintf(nodes->path + frame->path_length, MANIFEST_PATH_BYTES - frame->path_length, "%s%s",
             frame->path_length > 0 ? "." : "", is_known ? name : manifest_keys_show(name, shown));
    return nodes->path;
}

static void path_index(struct manifest_nodes *nodes, const struct manifest_frame *frame,
                       unsigned index)
{
    snprintf(nodes->path + frame->path_length, MANIFEST_PATH_BYTES - frame->path_length, "[%u]",
             index);
}

/* How a message calls the collection itself: the document has no path. */
static const char *path_self(struct manifest_nodes *nodes, const struct manifest_frame *frame)
{
    nodes->path[frame->path_length] = '\0';
    return frame->path_length > 0 ? nodes->path : "manifest";
}

struct manifest_place manifest_nodes_place(const yaml_mark_t *mark)
{
    return (struct manifest_place){FILE_YAML, (unsigned)mark->line + 1, (unsigned)mark->column + 1};
}

/* --- numbers that wait for their customer -------------------------------------------------------
 */

static enum status pack_text(struct buffer *pending, const char *text)
{
    char flag = text ? 1 : 0;
    enum status status = buffer_append(pending, &flag, 1);
    return status == STATUS_OK && text ? buffer_append(pending, text, strlen(text) + 1) : status;
}

/* A packed number is a few tens of bytes, so that a customer with very many of them is cheap. */
static enum status pack_number(struct manifest_nodes *nodes, struct fault *fault)
{
    const struct manifest_number *number = &nodes->number;
    struct buffer *pending = &nodes->pending;
    enum status status = buffer_append(pending, &number->line, sizeof number->line);

    for (unsigned i = 0; i < MANIFEST_NUMBER_KEYS.count && status == STATUS_OK; i++) {
        const struct manifest_key *key = &MANIFEST_NUMBER_KEYS.keys[i];
        const char *field = (const char *)number + key->offset;
        status = pack_text(pending, key->kind == KIND_NUMBER ? number->number.text
                                                             : *(const char *const *)field);
    }
    if (status == STATUS_OK)
        return status;
    return fault_set(fault, status,
                     "%s:%u: a customer has more numbers than fit in memory; move "
                     "them to a numbers_file",
                     nodes->book->file_names[FILE_YAML], number->line);
}

/* The texts stay in the packed bytes; returns where the next number begins. */
static const char *unpack_number(const char *at, struct manifest_number *number)
{
    memcpy(&number->line, at, sizeof number->line);
    at += sizeof number->line;
    for (unsigned i = 0; i < MANIFEST_NUMBER_KEYS.count; i++) {
        const struct manifest_key *key = &MANIFEST_NUMBER_KEYS.keys[i];
        char *field = (char *)number + key->offset;
        const char *text = *at++ ? at : NULL;
        if (key->kind == KIND_NUMBER)
            BUG_UNLESS(e164_parse(text, (struct e164 *)field, NULL) == STATUS_OK);
        else
            *(const char **)field = text;
        at += text ? strlen(text) + 1 : 0;
    }
    return at;
}

static enum status give_pending(struct manifest_nodes *nodes, struct fault *fault)
{
    const char *at = buffer_text(&nodes->pending), *end = at + nodes->pending.length;
    enum status status = STATUS_OK;

    while (at < end && status == STATUS_OK) {
        struct manifest_number number = {.customer_id = nodes->customer.id,
                                         .file = nodes->book->file_names[FILE_YAML]};
        at = unpack_number(at, &number);
        status = manifest_book_give_number(nodes->book, &number, fault);
    }
    return status;
}

/* --- collections: open ------------------------------------------------------------------------ */

static bool is_attest(const struct manifest_frame *frame)
{
    return frame->key && frame->key->kind == KIND_ATTEST;
}

static struct manifest_frame *top(struct manifest_nodes *nodes)
{
    return nodes->frame_count > 0 ? &nodes->frames[nodes->frame_count - 1] : NULL;
}

/* Points the frame to its record, emptied; most collections fill the record of the outer one. */
static void open_record(struct manifest_nodes *nodes, struct manifest_frame *frame,
                        const struct manifest_frame *outer)
{
    bool is_outer = frame->is_sequence || !frame->table; /* `attest` has no table of keys */
    enum manifest_record record = is_outer ? RECORD_OUTER : frame->table->record;

    if (record == RECORD_DOCUMENT) {
        frame->record = &nodes->document;
        frame->arena = nodes->document_arena;
    } else if (record == RECORD_CUSTOMER) {
        nodes->customer = (struct manifest_customer){0};
        nodes->has_pending = nodes->has_programmatic_number = false;
        arena_reset(nodes->customer_arena);
        buffer_clear(&nodes->pending);
        frame->record = &nodes->customer;
        frame->arena = nodes->customer_arena;
    } else if (record == RECORD_NUMBER) {
        nodes->number = (struct manifest_number){0};
        arena_reset(nodes->number_arena);
        frame->record = &nodes->number;
        frame->arena = nodes->number_arena;
    } else {
        frame->record = outer->record;
        frame->arena = outer->arena;
    }
}

static void open_frame(struct manifest_nodes *nodes, const struct manifest_key *key,
                       const struct manifest_table *table, const struct node *node)
{
    BUG_UNLESS(nodes->frame_count < MANIFEST_FRAMES_MAX);
    const struct manifest_frame *outer = top(nodes);
    struct manifest_frame *frame = &nodes->frames[nodes->frame_count++];

    *frame = (struct manifest_frame){.key = key,
                                     .table = table,
                                     .is_sequence = node->kind == NODE_SEQUENCE,
                                     .place = node->place,
                                     .path_length = strlen(nodes->path)};
    open_record(nodes, frame, outer);
}

/* --- collections: close ----------------------------------------------------------------------- */

static void refuse_missing(struct manifest_nodes *nodes, const struct manifest_frame *frame)
{
    const struct manifest_table *table = frame->table;

    for (unsigned i = 0; i < table->count; i++)
        if (table->keys[i].is_required && !(frame->seen & UINT32_C(1) << i))
            manifest_book_problem(nodes->book, frame->place,
                                  path_key(nodes, frame, table->keys[i].name),
                                  "missing; add it, every %s needs one", table->what);
}

static const struct manifest_place *place_in(const struct manifest_frame *frame, const char *name)
{
    return &frame->places[manifest_keys_find(frame->table, name) - frame->table->keys];
}

static bool has_seen(const struct manifest_frame *frame, const char *name)
{
    return frame->seen >> (manifest_keys_find(frame->table, name) - frame->table->keys) & 1;
}

static enum status close_customer(struct manifest_nodes *nodes, const struct manifest_frame *frame,
                                  struct fault *fault)
{
    char id_path[MANIFEST_PATH_BYTES], destination_path[MANIFEST_PATH_BYTES];
    snprintf(id_path, sizeof id_path, "%s", path_key(nodes, frame, "id"));
    snprintf(destination_path, sizeof destination_path, "%s",
             path_key(nodes, frame, "destination_waba_id"));
    struct manifest_customer_places places = {
        .id = *place_in(frame, "id"),
        .destination = *place_in(frame, "destination_waba_id"),
        .id_path = id_path,
        .destination_path = destination_path,
    };
    nodes->customer.file = nodes->book->file_names[FILE_YAML];
    nodes->customer.line = frame->place.line;

    struct known_customer *known = manifest_book_know(nodes->book, &nodes->customer, &places);
    if (known) {
        known->index = nodes->frames[nodes->frame_count - 1].index - 1;
        known->has_numbers = nodes->has_pending;
        known->has_programmatic_number = nodes->has_programmatic_number;
    }
    enum status status = manifest_book_give_customer(nodes->book, &nodes->customer, fault);
    return status == STATUS_OK ? give_pending(nodes, fault) : status;
}

static enum status close_number(struct manifest_nodes *nodes, const struct manifest_frame *frame,
                                struct fault *fault)
{
    if (nodes->number.number.text[0] == '\0')
        return STATUS_OK; /* refused already */
    const struct manifest_place *place = place_in(frame, "number");
    manifest_book_number(nodes->book, &nodes->number.number, *place,
                         path_key(nodes, frame, "number"));
    nodes->number.line = place->line;
    if (manifest_book_is_programmatic(nodes->number.settings.path))
        nodes->has_programmatic_number = true;
    return nodes->book->problem_count == 0 ? pack_number(nodes, fault) : STATUS_OK;
}

static void close_credential(struct manifest_nodes *nodes, const struct manifest_frame *frame)
{
    bool has_env = has_seen(frame, "env"), has_file = has_seen(frame, "file");
    if (has_env && has_file)
        manifest_book_problem(nodes->book, frame->place, path_self(nodes, frame),
                              "names both a variable and a file; keep one of the two");
    /* Where an unknown key stood instead, that was said already; saying both helps. */
    if (!has_env && !has_file)
        manifest_book_problem(nodes->book, frame->place, path_self(nodes, frame),
                              "does not say where the credential is; write { env: NAME } or "
                              "{ file: PATH }");
}

static void close_document(struct manifest_nodes *nodes, const struct manifest_frame *frame)
{
    if (!has_seen(frame, "customers") && !has_seen(frame, "numbers_file"))
        manifest_book_problem(nodes->book, frame->place, path_key(nodes, frame, "customers"),
                              "missing; list customers here, or name a CSV in numbers_file");
    nodes->document_place = frame->place;
    nodes->numbers_file_place = *place_in(frame, "numbers_file");
}

static enum status close_frame(struct manifest_nodes *nodes, struct fault *fault)
{
    const struct manifest_frame *frame = &nodes->frames[--nodes->frame_count];

    if (frame->is_sequence || is_attest(frame))
        return STATUS_OK;
    refuse_missing(nodes, frame);
    if (frame->key && frame->key->kind == KIND_CREDENTIAL)
        close_credential(nodes, frame);
    if (frame->table->record == RECORD_CUSTOMER)
        return close_customer(nodes, frame, fault);
    if (frame->table->record == RECORD_NUMBER)
        return close_number(nodes, frame, fault);
    if (frame->table->record == RECORD_DOCUMENT)
        close_document(nodes, frame);
    return STATUS_OK;
}

/* --- values ----------------------------------------------------------------------------------- */

static void skip_node(struct manifest_nodes *nodes, const struct node *node)
{
    if (node->kind != NODE_SCALAR)
        nodes->skipped_depth = nodes->depth;
}

/* What is expected of a value that is something else. */
static const char *expectation(const struct manifest_key *key)
{
    switch (key->kind) {
    case KIND_CREDENTIAL:
        /* The text itself is never repeated: it may be the credential. */
        return "must name where the credential is, not hold it; write { env: NAME } or "
               "{ file: PATH }, and replace the credential if it has been written down here";
    case KIND_MAPPING:
        return "must be a mapping; write its keys below it, each \"key: value\" and indented";
    case KIND_ATTEST:
        return "must be a mapping of rules to dates; write it as in { two_step_off: 2026-11-20 }";
    case KIND_SEQUENCE:
        return "must be a list; begin each item on a line of its own with \"- \"";
    default:
        return "must be one value; remove the list or mapping and write the value after the colon";
    }
}

/* The scalar's text, or NULL after a problem. A plain null is nothing, like an empty text. */
static const char *scalar_text(struct manifest_nodes *nodes, const struct node *node,
                               const char *path)
{
    if (node->length > SCALAR_BYTES_MAX) {
        manifest_book_problem(nodes->book, node->place, path,
                              "is longer than 64 KiB; look for a quote that is not closed");
        return NULL;
    }
    if (strlen(node->text) != node->length) {
        manifest_book_problem(nodes->book, node->place, path, "has a zero byte in it; remove it");
        return NULL;
    }
    bool is_null =
        node->is_plain && (strcmp(node->text, "~") == 0 || strcasecmp(node->text, "null") == 0);
    return is_null ? "" : node->text;
}

static void take_scalar(struct manifest_nodes *nodes, const struct manifest_frame *frame,
                        const struct manifest_key *key, const struct node *node)
{
    const char *text = scalar_text(nodes, node, nodes->path);
    if (!text || !manifest_book_keep(nodes->book, key, frame->key, frame->record, frame->arena,
                                     text, node->place, nodes->path))
        return;
    if (key->kind == KIND_CREDENTIAL_ENV || key->kind == KIND_CREDENTIAL_FILE)
        manifest_book_resolve(nodes->book,
                              *(const char **)((char *)frame->record + frame->key->offset),
                              node->place, nodes->path);
}

static void take_attest_date(struct manifest_nodes *nodes, const struct manifest_frame *frame,
                             const struct node *node)
{
    if (node->kind != NODE_SCALAR) {
        manifest_book_problem(nodes->book, node->place, nodes->path,
                              "must be the date of the confirmation; write it as in 2026-11-20");
        skip_node(nodes, node);
        return;
    }
    const char *text = scalar_text(nodes, node, nodes->path);
    if (text)
        (void)manifest_book_attest(nodes->book, frame->record, frame->arena, frame->rule, text,
                                   node->place, nodes->path);
}

static void take_value(struct manifest_nodes *nodes, struct manifest_frame *frame,
                       const struct manifest_key *key, const struct node *node)
{
    bool is_fit = key->kind < KIND_MAPPING    ? node->kind == NODE_SCALAR
                  : key->kind < KIND_SEQUENCE ? node->kind == NODE_MAPPING
                                              : node->kind == NODE_SEQUENCE;
    if (!is_fit) {
        bool is_empty = node->kind == NODE_SCALAR && node->length == 0;
        manifest_book_problem(nodes->book, node->place, nodes->path, "%s%s",
                              is_empty ? "is empty; it " : "", expectation(key));
        if (key->table == &MANIFEST_NUMBER_KEYS)
            nodes->has_pending = true; /* so that "no numbers" is not said as well */
        skip_node(nodes, node);
    } else if (node->kind == NODE_SCALAR) {
        take_scalar(nodes, frame, key, node);
    } else {
        open_frame(nodes, key, key->table, node);
    }
}

static void take_item(struct manifest_nodes *nodes, struct manifest_frame *frame,
                      const struct node *node)
{
    path_index(nodes, frame, frame->index++);
    if (frame->table->record == RECORD_NUMBER)
        nodes->has_pending = true;
    if (node->kind == NODE_MAPPING) {
        open_frame(nodes, frame->key, frame->table, node);
        return;
    }
    manifest_book_problem(nodes->book, node->place, nodes->path,
                          "must be a mapping; write each %s as \"- %s: ...\" with its other keys "
                          "below",
                          frame->table->what, frame->table->keys[0].name);
    skip_node(nodes, node);
}

/* --- keys ------------------------------------------------------------------------------------- */

static void take_rule(struct manifest_nodes *nodes, struct manifest_frame *frame, const char *rule,
                      const struct node *node)
{
    char advice[MANIFEST_ADVICE_BYTES];
    const struct manifest_customer *customer = &nodes->customer;
    const char *path = path_key(nodes, frame, rule);

    if (!eligibility_is_rule(rule)) {
        manifest_keys_advise_rule(rule, advice);
        manifest_book_problem(nodes->book, node->place, path, "not an eligibility rule; %s",
                              advice);
        return;
    }
    for (unsigned i = 0; i < customer->attest_count; i++)
        if (strcmp(customer->attest[i].rule, rule) == 0) {
            manifest_book_problem(nodes->book, node->place, path,
                                  "is there twice; keep one of the two");
            return;
        }
    frame->rule = arena_copy_text(frame->arena, rule);
}

static void take_known_key(struct manifest_nodes *nodes, struct manifest_frame *frame,
                           const char *name, const struct node *node)
{
    char advice[MANIFEST_ADVICE_BYTES];
    const struct manifest_key *key = manifest_keys_find(frame->table, name);
    const char *path = path_key(nodes, frame, name);

    if (!key) {
        manifest_keys_advise(frame->table, name, advice);
        if (strcmp(name, "<<") == 0)
            snprintf(advice, sizeof advice, "merge keys are not read: write the keys out");
        manifest_book_problem(nodes->book, node->place, path, "unknown key; %s", advice);
        return;
    }
    unsigned i = (unsigned)(key - frame->table->keys);
    if (frame->seen & UINT32_C(1) << i) {
        manifest_book_problem(nodes->book, node->place, path,
                              "is there twice, first on line %u; keep one of the two",
                              frame->places[i].line);
        return;
    }
    frame->seen |= UINT32_C(1) << i;
    frame->places[i] = node->place; /* until the value is there */
    frame->pending = key;
}

static void take_key(struct manifest_nodes *nodes, struct manifest_frame *frame,
                     const struct node *node)
{
    frame->wants_value = true;
    frame->pending = NULL;
    frame->rule = NULL;
    if (node->kind != NODE_SCALAR) {
        manifest_book_problem(nodes->book, node->place, path_self(nodes, frame),
                              "has a key that is not plain text; write \"key: value\", and put "
                              "quotes around a text that begins with { or [");
        skip_node(nodes, node);
        return;
    }
    const char *name = scalar_text(nodes, node, path_self(nodes, frame));
    if (name && is_attest(frame))
        take_rule(nodes, frame, name, node);
    else if (name)
        take_known_key(nodes, frame, name, node);
}

/* --- the machine ------------------------------------------------------------------------------ */

static void take_root(struct manifest_nodes *nodes, const struct node *node)
{
    if (node->kind == NODE_MAPPING) {
        open_frame(nodes, NULL, &MANIFEST_DOCUMENT_KEYS, node);
        return;
    }
    manifest_book_problem(nodes->book, node->place, "manifest",
                          "must be a mapping; begin it with version: 1 and batch: NAME");
    nodes->is_broken = true;
}

static void take_node(struct manifest_nodes *nodes, const struct node *node)
{
    struct manifest_frame *frame = top(nodes);

    if (!frame) {
        take_root(nodes, node);
    } else if (frame->is_sequence) {
        take_item(nodes, frame, node);
    } else if (!frame->wants_value) {
        take_key(nodes, frame, node);
    } else {
        frame->wants_value = false;
        if (frame->pending) {
            frame->places[frame->pending - frame->table->keys] = node->place;
            take_value(nodes, frame, frame->pending, node);
        } else if (frame->rule) {
            take_attest_date(nodes, frame, node);
        } else {
            skip_node(nodes, node);
        }
    }
}

/* The path of the node that an event is about, before the node has been taken. */
static const char *path_here(struct manifest_nodes *nodes)
{
    struct manifest_frame *frame = top(nodes);
    if (!frame)
        return "manifest";
    if (frame->is_sequence)
        path_index(nodes, frame, frame->index);
    if (!frame->is_sequence && !frame->wants_value)
        return path_self(nodes, frame);
    return *nodes->path != '\0' ? nodes->path : "manifest"; /* after a key that has no text */
}

static void refuse_anchor_and_tag(struct manifest_nodes *nodes, const yaml_char_t *anchor,
                                  const yaml_char_t *tag, struct manifest_place place)
{
    if (anchor)
        manifest_book_problem(nodes->book, place, path_here(nodes),
                              "has an anchor (&); aliases are not read, so remove it");
    if (tag)
        manifest_book_problem(nodes->book, place, path_here(nodes),
                              "has a tag (!); remove it, the value alone is enough");
}

static void begin_node(struct manifest_nodes *nodes, const struct node *node,
                       const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (node->kind != NODE_SCALAR && ++nodes->depth > DEPTH_MAX) {
        manifest_book_problem(nodes->book, node->place, path_here(nodes),
                              "is nested deeper than %d levels; look for a bracket that is not "
                              "closed",
                              DEPTH_MAX);
        nodes->is_broken = true;
        return;
    }
    if (nodes->skipped_depth == 0) {
        refuse_anchor_and_tag(nodes, anchor, tag, node->place);
        take_node(nodes, node);
    }
}

static enum status end_node(struct manifest_nodes *nodes, struct fault *fault)
{
    unsigned depth = nodes->depth--;
    if (nodes->skipped_depth == 0)
        return close_frame(nodes, fault);
    if (nodes->skipped_depth == depth)
        nodes->skipped_depth = 0;
    return STATUS_OK;
}

/* An alias stands where a key, an item or a value would: it is refused and passed over. */
static void refuse_alias(struct manifest_nodes *nodes, struct manifest_place place)
{
    if (nodes->skipped_depth > 0)
        return;
    manifest_book_problem(nodes->book, place, path_here(nodes),
                          "is an alias (*); aliases are not read, so write the value out");
    struct manifest_frame *frame = top(nodes);
    if (!frame) {
        nodes->is_broken = true;
    } else if (frame->is_sequence) {
        frame->index++;
        nodes->has_pending = nodes->has_pending || frame->table->record == RECORD_NUMBER;
    } else {
        if (!frame->wants_value) {
            frame->pending = NULL;
            frame->rule = NULL;
        }
        frame->wants_value = !frame->wants_value;
    }
}

static void begin_document(struct manifest_nodes *nodes, const yaml_event_t *event)
{
    struct manifest_place place = manifest_nodes_place(&event->start_mark);

    if (nodes->document_count++ > 0) {
        manifest_book_problem(nodes->book, place, "manifest",
                              "a second document begins here; keep one document in a file");
        nodes->is_broken = true;
    }
    if (event->data.document_start.tag_directives.start !=
        event->data.document_start.tag_directives.end)
        manifest_book_problem(nodes->book, place, "manifest",
                              "has a %%TAG directive; remove it, tags are not read");
}

enum status manifest_nodes_take(struct manifest_nodes *nodes, const yaml_event_t *event,
                                struct fault *fault)
{
    struct node node = {.place = manifest_nodes_place(&event->start_mark)};

    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        begin_document(nodes, event);
        break;
    case YAML_ALIAS_EVENT:
        refuse_alias(nodes, node.place);
        break;
    case YAML_SCALAR_EVENT:
        node.text = (const char *)event->data.scalar.value;
        node.length = event->data.scalar.length;
        node.is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        begin_node(nodes, &node, event->data.scalar.anchor, event->data.scalar.tag);
        break;
    case YAML_SEQUENCE_START_EVENT:
        node.kind = NODE_SEQUENCE;
        begin_node(nodes, &node, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        node.kind = NODE_MAPPING;
        begin_node(nodes, &node, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return end_node(nodes, fault);
    default: /* the stream's and the document's ends */
        break;
    }
    return STATUS_OK;
}
