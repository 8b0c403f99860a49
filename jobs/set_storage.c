/* SPDX-License-Identifier: PostgreSQL */
/*
 * set_storage: where Meta keeps the number's messages at rest. It can only be changed while the
 * number is not registered, and the number's new node does not inherit it.
 */
#include "jobs/job_table.h"
#include "jobs/step.h"

#define STORAGE_IN_COUNTRY "IN_COUNTRY_STORAGE_ENABLED"

static enum outcome begin(const struct facts *facts, struct request *request, struct reply *reply,
                          enum request_method method)
{
    if (facts->data_localization_region == NULL)
        return reply_done(reply, "not needed: no region is asked for");
    if (!step_knows(
            reply, facts->phone_number_id, "The number's id on the destination is not known",
            "Set phone_number_id in the manifest, or let the customer repeat Embedded Signup "
            "with this number, then retry."))
        return reply->outcome;
    request_begin(request, reply->arena, method, facts->graph_version, facts->phone_number_id,
                  "settings");
    return step_send(facts, request, reply, STEP_TOKEN_CUSTOMER);
}

static bool is_region(const char *region)
{
    return region[0] >= 'A' && region[0] <= 'Z' && region[1] >= 'A' && region[1] <= 'Z' &&
           region[2] == '\0';
}

static enum outcome build_set(const struct facts *facts, struct request *request,
                              struct reply *reply)
{
    enum outcome outcome = begin(facts, request, reply, REQUEST_POST);

    if (outcome != OUTCOME_SEND)
        return outcome;
    if (!is_region(facts->data_localization_region))
        return reply_failed(reply, "The storage region is not a country", "partner",
                            "Set data_localization_region to two capital letters, such as DE, then "
                            "retry.");
    request_add_json(request, "storage_configuration",
                     arena_printf(reply->arena,
                                  "{\"status\":\"" STORAGE_IN_COUNTRY
                                  "\",\"data_localization_region\":\"%s\"}",
                                  facts->data_localization_region));
    return outcome;
}

static void answer_set(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    (void)facts;
    if (step_succeeded(reply, body))
        (void)reply_done(reply, NULL);
}

static enum outcome build_lookup(const struct facts *facts, struct request *request,
                                 struct reply *reply)
{
    return begin(facts, request, reply, REQUEST_GET);
}

static void answer_lookup(const struct facts *facts, struct json_object *body, struct reply *reply)
{
    struct json_object *storage = body_get(body, "storage_configuration");

    if (body_text_is(storage, "status", STORAGE_IN_COUNTRY) &&
        body_text_is(storage, "data_localization_region", facts->data_localization_region))
        (void)reply_done(reply, "the earlier setting had worked");
    else
        step_send_again(facts, reply, "set", "the earlier setting never arrived");
}

/* clang-format off */
static const struct job_phase phases[] = {
    {"set",    PHASE_EFFECT, "lookup", build_set,    answer_set,    NULL, BUDGET_PLATFORM, USUAL_WITH_STORAGE_REGION},
    {"lookup", PHASE_READ,   NULL,     build_lookup, answer_lookup, NULL, BUDGET_PLATFORM, USUAL_NEVER},
};
/* clang-format on */

const struct job_kind JOB_SET_STORAGE = {
    .name = "set_storage", .subject = SUBJECT_NUMBER, .phases = phases, .phase_count = 2};
