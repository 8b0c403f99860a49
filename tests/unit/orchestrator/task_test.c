/* SPDX-License-Identifier: PostgreSQL */
/* Tasks go from queue to queue, first in, first out, and take what they own along. */
#include "orchestrator/task.h"

#include <json-c/json.h>

#include "tests/unit/base/suite.h"

static void add(struct task_queue *queue, int64_t step_id)
{
    struct task *task = task_create();

    task->step_id = step_id;
    task_queue_add(queue, task);
}

/* The queue's step ids in order, and whether its ends are sound. */
static void expect(const struct task_queue *queue, const char *wanted)
{
    char ids[128] = "";
    struct task *const *last = (struct task *const *)&queue->first;
    unsigned count = 0;

    for (const struct task *task = queue->first; task; task = task->next, count++) {
        snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s%lld", count ? " " : "",
                 (long long)task->step_id);
        last = &task->next;
    }
    check_text(ids, wanted);
    CU_ASSERT_EQUAL(queue->count, count);
    CU_ASSERT_PTR_EQUAL(queue->last, last);
}

static void what_came_first_goes_first(void)
{
    struct task_queue queue;

    task_queue_init(&queue);
    CU_ASSERT_PTR_NULL(task_queue_take(&queue));
    add(&queue, 1);
    add(&queue, 2);
    expect(&queue, "1 2");
    struct task *first = task_queue_take(&queue);
    CU_ASSERT_EQUAL(first->step_id, 1);
    CU_ASSERT_PTR_NULL(first->next);
    add(&queue, 3);
    expect(&queue, "2 3");
    task_queue_add(&queue, first);
    expect(&queue, "2 3 1");
    task_queue_destroy_all(&queue);
    expect(&queue, "");
    add(&queue, 4); /* an emptied queue works on */
    expect(&queue, "4");
    task_destroy(task_queue_take(&queue));
    expect(&queue, "");
}

static void moving_a_queue_keeps_the_order_of_both(void)
{
    static const struct {
        int from, to;
        const char *wanted;
    } cases[] = {{0, 0, ""}, {0, 2, "21 22"}, {2, 0, "11 12"}, {2, 2, "21 22 11 12"}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct task_queue from, to;
        task_queue_init(&from);
        task_queue_init(&to);
        for (int n = 1; n <= cases[i].from; n++)
            add(&from, 10 + n);
        for (int n = 1; n <= cases[i].to; n++)
            add(&to, 20 + n);
        task_queue_move(&from, &to);
        expect(&from, "");
        expect(&to, cases[i].wanted);
        task_queue_destroy_all(&to);
    }
}

static void a_queue_knows_how_much_its_settled_tasks_hold(void)
{
    struct task_queue from, to;

    task_queue_init(&from);
    task_queue_init(&to);
    for (int n = 1; n <= 3; n++) {
        struct task *task = task_create();
        task->bytes = (size_t)(100 * n);
        task_queue_add(n == 3 ? &to : &from, task);
    }
    CU_ASSERT_EQUAL(from.bytes, 300);
    task_queue_move(&from, &to);
    CU_ASSERT_EQUAL(from.bytes, 0);
    CU_ASSERT_EQUAL(to.bytes, 600);
    task_destroy(task_queue_take(&to));
    CU_ASSERT_EQUAL(to.bytes, 300);
    task_queue_destroy_all(&to);
    CU_ASSERT_EQUAL(to.bytes, 0);
}

static void what_an_answer_says_of_quotas_is_kept_whole(void)
{
    struct usage business[] = {{.object_id = "1", .percent = 3}, {.object_id = "2", .percent = 4}};
    struct task *task = task_create();

    CU_ASSERT_PTR_NULL(task->usage);
    task_keep_usage(task, NULL, business, 2);
    CU_ASSERT_EQUAL(task->usage->app.percent, 0);
    CU_ASSERT_EQUAL(task->usage->business_count, 2);
    CU_ASSERT_STRING_EQUAL(task->usage->business[1].object_id, "2");
    CU_ASSERT_EQUAL(task->usage->business[1].percent, 4);
    task_destroy(task);
}

/* Whether anything is leaked or freed twice is for the sanitizer to say. */
static void a_task_takes_all_it_owns_along(void)
{
    struct task *task = task_create();

    CU_ASSERT_PTR_NULL(task_own_secret(task, NULL));
    for (int i = 0; i < TASK_SECRETS_MAX; i++) {
        struct secret *secret = secret_create("a-secret");
        CU_ASSERT_PTR_EQUAL(task_own_secret(task, secret), secret);
    }
    CU_ASSERT_EQUAL(task->secret_count, TASK_SECRETS_MAX);
    task->new_pin = secret_create_pin();
    task->nodes[3] = json_object_new_object();
    task->settlement.error = json_object_new_object();
    task->request_text = arena_copy_text(task->arena, "GET");
    reply_learn_confirmed(&task->reply, "610100", json_object_new_object());
    reply_learn(&task->reply, LEARNED_BUSINESS_TOKEN, false, NULL, NULL, NULL,
                secret_create("a-token"));
    CU_ASSERT_PTR_NOT_NULL(task->reply.learned);
    task_destroy(task);
    task_destroy(NULL);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        {"what came first goes first", what_came_first_goes_first},
        {"moving a queue keeps the order of both", moving_a_queue_keeps_the_order_of_both},
        {"a queue knows how much its settled tasks hold",
         a_queue_knows_how_much_its_settled_tasks_hold},
        {"what an answer says of quotas is kept whole",
         what_an_answer_says_of_quotas_is_kept_whole},
        {"a task takes all it owns along", a_task_takes_all_it_owns_along},
        CU_TEST_INFO_NULL,
    };

    return run_suite("task", tests);
}
