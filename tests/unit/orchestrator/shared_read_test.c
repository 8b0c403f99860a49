/* SPDX-License-Identifier: PostgreSQL */
/* Who rides with whom: the same read of the same customer, and nobody else. */
#include <json-c/json.h>

#include "orchestrator/shared_read.h"
#include "tests/unit/base/suite.h"

static struct secret *token;

/* A step of a kind that lists the WABA, as it is claimed. */
static struct task *claimed(int64_t step_id, const char *kind, const char *phase)
{
    struct task *task = task_create();

    task->step_id = step_id;
    task->customer_id = 1;
    task->kind = job_find(kind);
    CU_ASSERT_PTR_NOT_NULL_FATAL(task->kind);
    task->phase = job_find_phase(task->kind, phase);
    CU_ASSERT_PTR_NOT_NULL_FATAL(task->phase);
    task->facts = (struct facts){.graph_version = "v26.0",
                                 .system_token = token,
                                 .destination_waba_id = "900100",
                                 .number = "+33123456701",
                                 .phone_number_id = "610100"};
    return task;
}

static struct task *confirming(int64_t step_id)
{
    return claimed(step_id, "confirm_number", "read");
}

static void expect_list(const struct task *first, const char *wanted)
{
    char ids[64] = "";

    for (const struct task *task = first; task; task = task->next)
        snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s%lld", ids[0] ? " " : "",
                 (long long)task->step_id);
    check_text(ids, wanted);
}

/* The leader's request is built; then those of `waiting` board. */
static void board(struct task *leader, struct task_queue *waiting)
{
    CU_ASSERT_EQUAL_FATAL(
        job_build(leader->phase, &leader->facts, leader->arena, &leader->request, &leader->reply),
        OUTCOME_SEND);
    leader->request_text = request_describe(&leader->request);
    shared_read_board(leader, waiting);
}

static void what_asks_the_same_rides_along(void)
{
    struct task *leader = confirming(1), *other_number = confirming(2);
    struct task *other_customer = confirming(4), *next_page = confirming(5);
    struct task *later_look = confirming(6), *in_doubt = confirming(7);
    struct task *without_token = confirming(8);
    struct task_queue waiting;

    other_number->facts.phone_number_id = "610101";
    other_customer->customer_id = 2;
    next_page->facts.memo = "{\"after\":\"CUR1\"}";
    later_look->facts.memo = "{\"looks\":3}";
    in_doubt->is_in_doubt = true;
    without_token->missing_credential = "gone";
    task_queue_init(&waiting);
    task_queue_add(&waiting, other_number);
    task_queue_add(&waiting, claimed(3, "register_number", "register"));
    task_queue_add(&waiting, other_customer);
    task_queue_add(&waiting, next_page);
    task_queue_add(&waiting, later_look);
    task_queue_add(&waiting, in_doubt);
    task_queue_add(&waiting, without_token);
    board(leader, &waiting);
    expect_list(leader->riders, "2 6");
    expect_list(waiting.first, "3 4 5 7 8");
    CU_ASSERT_EQUAL(waiting.count, 5);
    task_destroy(leader); /* and its riders with it */
    task_queue_destroy_all(&waiting);
}

static void doubts_ride_with_doubts(void)
{
    struct task *leader = claimed(1, "register_number", "lookup");
    struct task *other = claimed(2, "register_number", "lookup");
    struct task_queue waiting;

    leader->is_in_doubt = other->is_in_doubt = true;
    task_queue_init(&waiting);
    task_queue_add(&waiting, other);
    board(leader, &waiting);
    expect_list(leader->riders, "2");
    CU_ASSERT_EQUAL(waiting.count, 0);
    task_destroy(leader);
}

static void an_effect_and_a_kind_that_does_not_say_so_go_alone(void)
{
    static const struct {
        const char *kind, *phase;
    } cases[] = {{"create_number", "create"}, {"request_code", "look"}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct task *leader = claimed(1, cases[i].kind, cases[i].phase);
        struct task *other = claimed(2, cases[i].kind, cases[i].phase);
        struct task_queue waiting;
        if (leader->phase->type == PHASE_EFFECT) {
            leader->facts.phone_number_id = other->facts.phone_number_id = NULL;
            leader->facts.country_code = other->facts.country_code = "33";
            leader->facts.national = other->facts.national = "123456701";
        }
        task_queue_init(&waiting);
        task_queue_add(&waiting, other);
        board(leader, &waiting);
        CU_ASSERT_PTR_NULL(leader->riders);
        CU_ASSERT_EQUAL(waiting.count, 1);
        task_destroy(leader);
        task_queue_destroy_all(&waiting);
    }
}

static void a_riders_history_tells_whose_request_it_was(void)
{
    struct task *leader = confirming(1);
    struct task_queue waiting;

    task_queue_init(&waiting);
    task_queue_add(&waiting, confirming(2));
    board(leader, &waiting);
    const char *text = shared_read_describe(leader);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"sent_for\":\"+33123456701\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"path\":\"/v26.0/900100/phone_numbers\""));
    task_destroy(leader);
}

/* The list itself is the leader's to keep. */
static void a_riders_history_keeps_what_the_list_says_of_its_number(void)
{
    static const struct {
        const char *body, *kept; /* NULL: all of it */
    } cases[] = {
        {"{\"data\":[{\"id\":\"1\"},{\"id\":\"610101\",\"a\":\"b/c\"}],\"paging\":{}}",
         "{\"data\":[{\"id\":\"610101\",\"a\":\"b/c\"}]}"},
        {"{\"data\":[{\"id\":\"1\"}],\"paging\":{\"next\":\"x\"}}", "{\"data\":[]}"},
        {"{\"error\":{\"code\":4}}", NULL},
    };
    struct task *rider = confirming(2);

    rider->facts.phone_number_id = "610101";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_object *body = json_tokener_parse(cases[i].body);
        const char *kept = shared_read_part(rider, body);
        CU_ASSERT_EQUAL(kept == NULL, cases[i].kept == NULL);
        if (kept && cases[i].kept)
            CU_ASSERT_STRING_EQUAL(kept, cases[i].kept);
        json_object_put(body);
    }
    CU_ASSERT_PTR_NULL(shared_read_part(rider, NULL));
    task_destroy(rider);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"what asks the same rides along", what_asks_the_same_rides_along},
        {"doubts ride with doubts", doubts_ride_with_doubts},
        {"an effect, and a kind that does not say so, go alone",
         an_effect_and_a_kind_that_does_not_say_so_go_alone},
        {"a rider's history tells whose request it was",
         a_riders_history_tells_whose_request_it_was},
        {"a rider's history keeps what the list says of its number",
         a_riders_history_keeps_what_the_list_says_of_its_number},
        CU_TEST_INFO_NULL,
    };

    token = secret_create("system");
    int status = run_suite("shared_read", tests);
    secret_destroy(token);
    return status;
}
