/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/shared_read.h"

#include <json-c/json.h>
#include <string.h>

#include "jobs/body.h"
#include "jobs/step.h"

/* Built for the comparison only: what is not boarded is built again when its turn comes, and a
 * rider sends nothing, so that it need not keep it. */
static bool builds_the_same(const char *request, struct task *task)
{
    struct arena *scratch = arena_create();
    struct request built;
    struct reply reply;
    bool is_same = job_build(task->phase, &task->facts, scratch, &built, &reply) == OUTCOME_SEND &&
                   strcmp(request_describe(&built), request) == 0;

    task->request.is_system_token = is_same && built.is_system_token;
    reply_finish(&reply);
    arena_destroy(scratch);
    return is_same;
}

/* A doubt is settled on a new connection (engine.c), so it rides with a doubt only. */
static bool asks_the_same(const struct task *leader, const char *request, struct task *task)
{
    return task->kind == leader->kind && task->phase == leader->phase &&
           task->customer_id == leader->customer_id && task->is_in_doubt == leader->is_in_doubt &&
           !task->missing_credential && builds_the_same(request, task);
}

void shared_read_board(struct task *leader, struct task_queue *waiting)
{
    struct task_queue rest;
    struct task **end = &leader->riders;

    if (!leader->kind->shares_reads || leader->phase->type != PHASE_READ)
        return;
    const char *request = request_describe(&leader->request);
    task_queue_init(&rest);
    for (struct task *task; (task = task_queue_take(waiting));) {
        if (!asks_the_same(leader, request, task)) {
            task_queue_add(&rest, task);
            continue;
        }
        *end = task;
        end = &task->next;
    }
    task_queue_move(&rest, waiting);
}

const char *shared_read_describe(const struct task *leader)
{
    json_object *request = json_tokener_parse(leader->request_text);

    if (leader->facts.number)
        json_object_object_add(request, "sent_for", json_object_new_string(leader->facts.number));
    const char *text = arena_copy_text(
        leader->arena, json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN |
                                                                   JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(request);
    return text;
}

const char *shared_read_part(const struct task *rider, json_object *body)
{
    json_object *list = body_list(body);

    if (!json_object_is_type(list, json_type_array) || !rider->facts.phone_number_id)
        return NULL;
    json_object *number = step_find(list, rider->facts.phone_number_id);
    return arena_printf(rider->arena, "{\"data\":[%s]}",
                        number
                            ? json_object_to_json_string_ext(
                                  number, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
                            : "");
}
