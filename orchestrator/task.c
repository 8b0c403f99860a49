/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/task.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

struct task *task_create(void)
{
    struct task *task = memory_take(sizeof *task);

    memset(task, 0, sizeof *task);
    task->arena = arena_create();
    task->not_after_ms = INT64_MAX;
    task->reply.arena = task->arena;
    return task;
}

void task_destroy(struct task *task)
{
    if (!task)
        return;
    for (struct task *rider; (rider = task->riders);) {
        task->riders = rider->next;
        task_destroy(rider);
    }
    reply_finish(&task->reply);
    for (unsigned i = 0; i < task->secret_count; i++)
        secret_destroy(task->secrets[i]);
    secret_destroy(task->new_pin);
    for (size_t i = 0; i < sizeof task->nodes / sizeof task->nodes[0]; i++)
        json_object_put(task->nodes[i]);
    json_object_put(task->settlement.error);
    arena_destroy(task->arena);
    free(task);
}

void task_keep_usage(struct task *task, const struct usage *app, const struct usage *business,
                     size_t business_count)
{
    struct task_usage *usage =
        arena_alloc(task->arena, sizeof *usage + business_count * sizeof usage->business[0]);

    usage->app = app ? *app : (struct usage){.percent = 0};
    usage->business_count = business_count;
    for (size_t i = 0; i < business_count; i++)
        usage->business[i] = business[i];
    task->usage = usage;
}

const struct secret *task_own_secret(struct task *task, struct secret *secret)
{
    if (secret) {
        BUG_UNLESS(task->secret_count < TASK_SECRETS_MAX);
        task->secrets[task->secret_count++] = secret;
    }
    return secret;
}

void task_queue_init(struct task_queue *queue)
{
    queue->first = NULL;
    queue->last = &queue->first;
    queue->count = 0;
    queue->bytes = 0;
}

void task_queue_add(struct task_queue *queue, struct task *task)
{
    task->next = NULL;
    *queue->last = task;
    queue->last = &task->next;
    queue->count++;
    queue->bytes += task->bytes;
}

struct task *task_queue_take(struct task_queue *queue)
{
    struct task *task = queue->first;

    if (task) {
        queue->first = task->next;
        if (!queue->first)
            queue->last = &queue->first;
        queue->count--;
        queue->bytes -= task->bytes;
        task->next = NULL;
    }
    return task;
}

void task_queue_move(struct task_queue *from, struct task_queue *to)
{
    if (!from->first)
        return;
    *to->last = from->first;
    to->last = from->last;
    to->count += from->count;
    to->bytes += from->bytes;
    task_queue_init(from);
}

void task_queue_destroy_all(struct task_queue *queue)
{
    for (struct task *task; (task = task_queue_take(queue));)
        task_destroy(task);
}
