/* SPDX-License-Identifier: PostgreSQL */
#include "jobs/request.h"

#include "tests/unit/base/suite.h"

static struct arena *arena;
static struct secret *pin;

static const char *render(enum status (*how)(const struct request *, enum request_audience,
                                             struct buffer *),
                          const struct request *request, enum request_audience audience)
{
    struct buffer buffer;

    buffer_init(&buffer, 4096);
    CU_ASSERT_EQUAL(how(request, audience, &buffer), STATUS_OK);
    const char *text = arena_copy_text(arena, buffer_text(&buffer));
    buffer_finish(&buffer);
    return text;
}

static void begin(void)
{
    arena = arena_create();
    pin = secret_create("12 \"34&6");
}

static void finish(void)
{
    secret_destroy(pin);
    arena_destroy(arena);
}

static void paths_are_made_of_encoded_pieces(void)
{
    struct request request;

    begin();
    request_begin(&request, arena, REQUEST_GET, "v26.0", "610100", NULL);
    check_text(request.path, "/v26.0/610100");
    request_begin(&request, arena, REQUEST_GET, "v26.0", "610100", "register");
    check_text(request.path, "/v26.0/610100/register");
    request_begin(&request, arena, REQUEST_GET, "v26.0", NULL, NULL);
    check_text(request.path, "/v26.0/");
    request_begin(&request, arena, REQUEST_GET, "v26.0", "../6?a#b c", "x/y");
    check_text(request.path, "/v26.0/..%2F6%3Fa%23b%20c/x%2Fy");
    /* An id that would be a step in the path. */
    request_begin(&request, arena, REQUEST_GET, "v26.0", "..", ".");
    check_text(request.path, "/v26.0/%2E%2E/%2E");
    request_begin(&request, arena, REQUEST_GET, "v26.0", "...", NULL);
    check_text(request.path, "/v26.0/...");
    finish();
}

static void queries_are_encoded(void)
{
    struct request request;

    begin();
    request_begin(&request, arena, REQUEST_GET, "v26.0", "6", NULL);
    request_add_text(&request, REQUEST_QUERY, "fields", "id,phone_numbers.limit(100){id,status}");
    request_add_text(&request, REQUEST_QUERY, "after", "a+b/c==&d=\xc3\xa9 %");
    check_text(render(request_render_target, &request, REQUEST_FOR_WIRE),
               "/v26.0/6?fields=id,phone_numbers.limit(100)%7Bid,status%7D"
               "&after=a%2Bb%2Fc%3D%3D%26d%3D%C3%A9%20%25");
    check_text(render(request_render_body, &request, REQUEST_FOR_WIRE), "");
    finish();
}

static void secrets_are_shown_to_the_wire_alone(void)
{
    struct request request;

    begin();
    request_begin(&request, arena, REQUEST_POST, "v26.0", "6", "register");
    request_add_secret(&request, REQUEST_QUERY, "code", pin);
    request_add_text(&request, REQUEST_QUERY, "z", "1");
    request_add_text(&request, REQUEST_BODY, "messaging_product", "whatsapp");
    request_add_secret(&request, REQUEST_BODY, "pin", pin);
    request.token = pin;
    request.token_name = "business";
    check_text(render(request_render_target, &request, REQUEST_FOR_WIRE),
               "/v26.0/6/register?code=12%20%2234%266&z=1");
    check_text(render(request_render_target, &request, REQUEST_FOR_HISTORY),
               "/v26.0/6/register?code=<secret>&z=1");
    check_text(render(request_render_body, &request, REQUEST_FOR_WIRE),
               "{\"messaging_product\":\"whatsapp\",\"pin\":\"12 \\\"34&6\"}");
    check_text(render(request_render_body, &request, REQUEST_FOR_HISTORY),
               "{\"messaging_product\":\"whatsapp\",\"pin\":\"<secret>\"}");
    check_text(
        request_describe(&request),
        "{\"method\":\"POST\",\"path\":\"/v26.0/6/register\",\"query\":{\"code\":\"<secret>\","
        "\"z\":\"1\"},\"body\":{\"messaging_product\":\"whatsapp\",\"pin\":\"<secret>\"},"
        "\"token\":\"business\"}");
    finish();
}

static void every_post_has_a_body(void)
{
    struct request request;

    begin();
    request_begin(&request, arena, REQUEST_POST, "v26.0", "6", "subscribed_apps");
    check_text(render(request_render_body, &request, REQUEST_FOR_WIRE), "{}");
    request_begin(&request, arena, REQUEST_DELETE, "v26.0", "6", NULL);
    check_text(render(request_render_body, &request, REQUEST_FOR_WIRE), "");
    check_text(request_describe(&request),
               "{\"method\":\"DELETE\",\"path\":\"/v26.0/6\",\"query\":{},"
               "\"body\":{},\"token\":null}");
    finish();
}

static void bodies_are_json(void)
{
    struct request request;

    begin();
    request_begin(&request, arena, REQUEST_POST, "v26.0", "6", NULL);
    request_add_json(&request, "tasks", "[\"MANAGE\"]");
    request_add_text(&request, REQUEST_BODY, "odd", "a\"b\\c\n\x01\xc3\xa9");
    check_text(render(request_render_body, &request, REQUEST_FOR_WIRE),
               "{\"tasks\":[\"MANAGE\"],\"odd\":\"a\\\"b\\\\c\\u000a\\u0001\xc3\xa9\"}");
    finish();
}

static void a_full_buffer_refuses_the_rest(void)
{
    struct request request;
    struct buffer buffer;

    begin();
    request_begin(&request, arena, REQUEST_POST, "v26.0", "6", NULL);
    request_add_text(&request, REQUEST_BODY, "name", "a long value");
    request_add_text(&request, REQUEST_QUERY, "name", "a long value");
    for (size_t ceiling = 0; ceiling < 22; ceiling++) {
        buffer_init(&buffer, ceiling);
        CU_ASSERT_EQUAL(request_render_body(&request, REQUEST_FOR_WIRE, &buffer), STATUS_LIMIT);
        buffer_finish(&buffer);
        buffer_init(&buffer, ceiling);
        CU_ASSERT_EQUAL(request_render_target(&request, REQUEST_FOR_WIRE, &buffer), STATUS_LIMIT);
        buffer_finish(&buffer);
    }
    finish();
}

static void methods_have_names(void)
{
    check_text(request_method_name(REQUEST_GET), "GET");
    check_text(request_method_name(REQUEST_POST), "POST");
    check_text(request_method_name(REQUEST_DELETE), "DELETE");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"paths are made of encoded pieces", paths_are_made_of_encoded_pieces},
        {"queries are encoded", queries_are_encoded},
        {"secrets are shown to the wire alone", secrets_are_shown_to_the_wire_alone},
        {"every POST has a body", every_post_has_a_body},
        {"bodies are JSON", bodies_are_json},
        {"a full buffer refuses the rest", a_full_buffer_refuses_the_rest},
        {"methods have names", methods_have_names},
        CU_TEST_INFO_NULL};

    return run_suite("request", tests);
}
