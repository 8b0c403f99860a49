/* SPDX-License-Identifier: PostgreSQL */
#include "tests/unit/jobs/job_case.h"

#include <CUnit/CUnit.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct secret *secret_unless(unsigned is_without, const char *name)
{
    char text[64];

    snprintf(text, sizeof text, JOB_CASE_MARKER "-%s", name);
    return is_without ? NULL : secret_create(text);
}

static const char *text_unless(unsigned is_without, const char *text)
{
    return is_without ? NULL : text;
}

void job_case_facts(const struct job_case *row, struct facts *facts)
{
    unsigned without = row->without;

    *facts = (struct facts){
        .graph_version = "v26.0",
        .partner_business_id = "1020304050",
        .app_id = "998877",
        .credit_line_id = text_unless(without & WITHOUT_CREDIT_LINE, "5566778899"),
        .credit_method = row->credit_method,
        .system_user_id = text_unless(without & WITHOUT_SYSTEM_USER, "404040"),
        .system_token = secret_unless(without & WITHOUT_SYSTEM_TOKEN, "system"),
        .app_secret = secret_unless(without & WITHOUT_APP_SECRET, "app"),
        .customer = "bakery-lune",
        .business_id = "700100",
        .source_waba_id = text_unless(without & WITHOUT_SOURCE, "800100"),
        .destination_waba_id = text_unless(without & WITHOUT_DESTINATION, "900100"),
        .waba_currency = text_unless(without & WITHOUT_CURRENCY, "EUR"),
        .webhook_override_callback_uri =
            text_unless(without & WITHOUT_OVERRIDE, "https://bakery-lune.example/hook?a=1&b=2"),
        .business_token = secret_unless(without & WITHOUT_BUSINESS_TOKEN, "business"),
        .source_token = secret_unless(without & WITHOUT_SOURCE_TOKEN, "source"),
        .signup_code = secret_unless(without & WITHOUT_CODE, "code"),
        .webhook_verify_token = secret_unless(without & WITHOUT_OVERRIDE, "verify"),
        .number = "+33123456789",
        .country_code = "33",
        .national = "123456789",
        .code_method = row->code_method,
        .language = row->language,
        .verification_code = secret_unless(without & WITHOUT_VERIFICATION_CODE, "654321"),
        .is_verified = (without & WITHOUT_VERIFICATION) == 0,
        .can_verify = (without & WITHOUT_WAY_TO_VERIFY) == 0,
        .phone_number_id = text_unless(without & WITHOUT_PHONE_ID, "610100"),
        .source_phone_number_id = "600100",
        .data_localization_region = text_unless(without & WITHOUT_REGION, "DE"),
        .pin = secret_unless(without & WITHOUT_PIN, "123456"),
        .source_waba_fields =
            text_unless(without & WITHOUT_FIELDS, "id,name,owner_business_info{id}"),
        .source_number_fields =
            text_unless(without & WITHOUT_FIELDS, "id,display_phone_number,is_pin_enabled"),
        .destination_waba_fields = text_unless(without & WITHOUT_FIELDS, "id,name,subscribed_apps"),
        .destination_number_fields =
            text_unless(without & WITHOUT_FIELDS, "id,display_phone_number,status"),
        .confirmed_number_fields =
            text_unless(without & WITHOUT_FIELDS,
                        "id,status,health_status,whatsapp_business_profile{about,email}"),
        .template_fields = row->template_fields,
        .source_refused_fields = row->source_refused,
        .destination_refused_fields = row->destination_refused,
        .source_phone_number_ids = row->source_ids,
        .kept_profile = row->kept_profile,
        .fresh_destination = row->fresh,
        .templates = row->templates,
        .now_ms = row->now_ms,
        .memo = row->memo,
        .intended_at_ms = row->intended_at_ms,
        .is_in_doubt = row->is_in_doubt,
    };
}

void job_case_release(struct facts *facts)
{
    const struct secret *secrets[] = {
        facts->system_token, facts->app_secret,       facts->business_token,
        facts->source_token, facts->signup_code,      facts->webhook_verify_token,
        facts->pin,          facts->verification_code};

    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        secret_destroy((struct secret *)(uintptr_t)secrets[i]);
}

static void check_text(const char *sentence, const char *what, const char *got, const char *wanted)
{
    bool is_same = got == NULL || wanted == NULL ? got == wanted : strcmp(got, wanted) == 0;

    if (!is_same)
        fprintf(stderr, "\n  %s: %s\n    wanted: %s\n    got:    %s\n", sentence, what,
                wanted != NULL ? wanted : "(none)", got != NULL ? got : "(none)");
    CU_ASSERT(is_same);
}

static void check_part(const char *sentence, const char *got, const char *part)
{
    bool is_there = part == NULL || (got != NULL && strstr(got, part) != NULL);

    if (!is_there)
        fprintf(stderr, "\n  %s: the note or title\n    wanted: …%s…\n    got:    %s\n", sentence,
                part, got != NULL ? got : "(none)");
    CU_ASSERT(is_there);
}

static void record_request(const char *description)
{
    const char *path = getenv("JOB_CASE_REQUESTS");
    FILE *file = path != NULL ? fopen(path, "a") : NULL;

    if (file == NULL)
        return;
    fprintf(file, "%s\n", description);
    fclose(file);
}

/* What people may see of a request shows no secret; what goes on the wire shows no mask. */
static void check_secrecy(const struct job_case *row, const struct request *request,
                          const char *description)
{
    struct buffer history, wire;

    buffer_init(&history, 65536);
    buffer_init(&wire, 65536);
    CU_ASSERT(request_render_target(request, REQUEST_FOR_HISTORY, &history) == STATUS_OK &&
              request_render_body(request, REQUEST_FOR_HISTORY, &history) == STATUS_OK);
    CU_ASSERT(request_render_target(request, REQUEST_FOR_WIRE, &wire) == STATUS_OK &&
              request_render_body(request, REQUEST_FOR_WIRE, &wire) == STATUS_OK);
    check_text(row->sentence, "a secret in the history",
               strstr(buffer_text(&history), JOB_CASE_MARKER), NULL);
    check_text(row->sentence, "a secret in the description", strstr(description, JOB_CASE_MARKER),
               NULL);
    check_text(row->sentence, "a mask on the wire", strstr(buffer_text(&wire), "<secret>"), NULL);
    CU_ASSERT_EQUAL(strstr(buffer_text(&history), "<secret>") != NULL,
                    strstr(buffer_text(&wire), JOB_CASE_MARKER) != NULL);
    buffer_finish(&history);
    buffer_finish(&wire);
}

static const char *describe_learned(const struct learned *learned, struct arena *arena)
{
    static const char *const names[] = {
        [LEARNED_WABA] = "waba",
        [LEARNED_TEMPLATES] = "templates",
        [LEARNED_NUMBER] = "number",
        [LEARNED_CONFIRMED] = "confirmed",
        [LEARNED_UNREADABLE] = "unreadable",
        [LEARNED_FIELD_REFUSED] = "refused",
        [LEARNED_BUSINESS_TOKEN] = "business_token",
        [LEARNED_ALLOCATION] = "allocation",
        [LEARNED_SYSTEM_USER] = "system_user",
        [LEARNED_CODE_BURNT] = "code_burnt",
        [LEARNED_VERIFIED] = "verified",
        [LEARNED_UNVERIFIED] = "unverified",
        [LEARNED_CODE_REFUSED] = "code_refused",
        [LEARNED_TEMPLATES_PAGE] = "page",
        [LEARNED_TEMPLATE_NEWS] = "news",
        [LEARNED_TEMPLATE_FLOWS] = "flows",
    };
    const char *text = NULL;

    for (; learned != NULL; learned = learned->next) {
        const char *secret = learned->secret != NULL ? secret_reveal(learned->secret) : NULL;
        const char *const parts[] = {learned->is_source ? "source" : NULL, learned->id,
                                     learned->digits, learned->json, secret};
        text = arena_printf(arena, "%s%s%s", text != NULL ? text : "", text != NULL ? "; " : "",
                            names[learned->type]);
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            text = parts[i] != NULL ? arena_printf(arena, "%s %s", text, parts[i]) : text;
    }
    return text;
}

static void check_reply(const struct job_case *row, const struct reply *reply)
{
    const char *said = reply->note != NULL ? reply->note : reply->error.title;
    bool needs_person = reply->outcome == OUTCOME_WAIT_PERSON || reply->outcome == OUTCOME_FAILED;

    check_text(row->sentence, "outcome", outcome_name(reply->outcome), outcome_name(row->outcome));
    check_text(row->sentence, "next phase", reply->next_phase, row->next_phase);
    check_text(row->sentence, "memo", reply->memo, row->memo_after);
    check_text(row->sentence, "waiting for", reply->waiting_for, row->waiting_for);
    check_text(row->sentence, "learned", describe_learned(reply->learned, reply->arena),
               row->learned);
    check_part(row->sentence, said, row->note);
    CU_ASSERT_EQUAL(reply->wait_ms, row->wait_ms);
    if (reply->wait_ms != row->wait_ms)
        fprintf(stderr, "\n  %s: waits %lld ms\n", row->sentence, (long long)reply->wait_ms);
    if (row->owner != NULL)
        check_text(row->sentence, "owner", reply->has_error ? reply->error.rule->owner : NULL,
                   row->owner);
    if (needs_person)
        CU_ASSERT(reply->has_error && reply->error.rule->remedy[0] != '\0');
}

static void check_answer(const struct job_case *row, const struct job_phase *phase,
                         const struct facts *facts, struct arena *arena)
{
    struct json_object *body = row->body != NULL ? json_tokener_parse(row->body) : NULL;
    struct answer answer = {.transport = TRANSPORT_OK, .http_status = row->status, .body = body};
    struct reply reply;

    CU_ASSERT(row->body == NULL || body != NULL);
    if (row->status == JOB_CASE_UNSENT || row->status == JOB_CASE_LOST)
        answer = (struct answer){.transport = row->status == JOB_CASE_LOST ? TRANSPORT_LOST
                                                                           : TRANSPORT_UNSENT,
                                 .transport_error = "the connection broke"};
    job_answer(phase, facts, &answer, arena, &reply);
    json_object_put(body); /* a reply borrows nothing from the answer */
    check_reply(row, &reply);
    reply_finish(&reply);
}

static void check_row(const struct job_kind *kind, const struct job_case *row)
{
    const struct job_phase *phase = job_find_phase(kind, row->phase);
    struct arena *arena = arena_create();
    struct facts facts;
    struct request request;
    struct reply reply;

    CU_ASSERT_PTR_NOT_NULL_FATAL(phase);
    job_case_facts(row, &facts);
    enum outcome outcome = job_build(phase, &facts, arena, &request, &reply);
    if (outcome == OUTCOME_SEND) {
        const char *description = request_describe(&request);
        record_request(description);
        check_secrecy(row, &request, description);
        if (row->request != NULL)
            check_text(row->sentence, "request", description, row->request);
    } else {
        check_text(row->sentence, "request", NULL, row->request);
    }
    if (row->status == JOB_CASE_NO_ANSWER)
        check_reply(row, &reply);
    reply_finish(&reply);
    if (row->status != JOB_CASE_NO_ANSWER)
        check_answer(row, phase, &facts, arena);
    job_case_release(&facts);
    arena_destroy(arena);
}

void job_case_check(const struct job_kind *kind, const struct job_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_row(kind, &cases[i]);
}
