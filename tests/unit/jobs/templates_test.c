/* SPDX-License-Identifier: PostgreSQL */
/* list_templates, migrate_templates and settle_templates: what is asked for when, and what is made
 * of every answer that Meta can give. */
#include "jobs/job_table.h"
#include "tests/unit/base/suite.h"
#include "tests/unit/jobs/job_case.h"

#define MINUTE 60000
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define LIST(waba, fields, limit, after, token)                                               \
    "{\"method\":\"GET\",\"path\":\"/v26.0/" waba                                             \
    "/message_templates\",\"query\":{\"fields\":\"" fields "\",\"limit\":\"" limit "\"" after \
    "},\"body\":{},\"token\":\"" token "\"}"
#define SOURCE_FIELDS "id,name,language,status,category,quality_score,components"
#define DESTINATION_FIELDS "id,name,language,status,category,quality_score,rejected_reason"
#define DESTINATION(after) LIST("900100", DESTINATION_FIELDS, "1000", after, "business")
#define COPY(body)                                      \
    "{\"method\":\"POST\",\"path\":\"/v26.0/900100/"    \
    "migrate_message_templates\",\"query\":{},\"body\"" \
    ":{\"source_waba_id\":\"800100\"," body "},\"token\":\"business\"}"
#define GREETING(more)                                                                    \
    "{\"id\":\"1\",\"name\":\"greeting\",\"language\":\"en_US\",\"status\":\"APPROVED\"," \
    "\"category\":"                                                                       \
    "\"UTILITY\",\"quality_score\":{\"score\":\"GREEN\"}" more "}"
#define GREETING_LEARNED(more)                                                            \
    "{\"id\":\"1\",\"name\":\"greeting\",\"language\":\"en_US\",\"status\":\"APPROVED\"," \
    "\"category\":"                                                                       \
    "\"UTILITY\",\"quality\":\"GREEN\"" more "}"
#define PAGE(side, list, first, last, before)                                    \
    "page " side "{\"list\":[" list "],\"is_first\":" first ",\"is_last\":" last \
    ",\"is_before\":" before "}"
#define MORE ",\"paging\":{\"next\":\"https://graph.example/\",\"cursors\":{\"after\":\"CUR1\"}}"
#define ERROR(code, subcode) \
    "{\"error\":{\"code\":" code ",\"error_subcode\":" subcode ",\"message\":\"m\"}}"
#define TOO_MUCH                                                                                \
    "{\"error\":{\"code\":1,\"message\":\"Please reduce the amount of data you're asking for, " \
    "then retry your request\"}}"
#define BUTTON                                                                                    \
    ",\"components\":[{\"type\":\"BODY\"},{\"type\":\"BUTTONS\",\"buttons\":[{\"type\":\"FLOW\"," \
    "\"flow_id\":77}]}]"

/* What the database knows. */
#define KNOWN(more) "{\"source_total\":3,\"wait_ms\":900000,\"settle_ms\":604800000," more "}"
#define ALL_DUE KNOWN("\"is_empty\":true,\"missing\":3,\"due\":3,\"ids\":[\"1\",\"2\",\"3\"]")
#define SOME_THERE KNOWN("\"is_empty\":false,\"missing\":2,\"due\":2,\"ids\":[\"1\",\"2\"]")
#define ASKED KNOWN("\"missing\":2,\"asked\":2,\"due\":0,\"due_ms\":3601000")
#define REFUSED KNOWN("\"missing\":2,\"asked\":2,\"refused\":2,\"due\":0,\"due_ms\":31000")
#define NONE_MISSING \
    KNOWN("\"missing\":0,\"there\":3,\"settles_ms\":86401000,\"destination_read_ms\":1000")
#define UNKNOWN "{\"wait_ms\":900000,\"settle_ms\":604800000}"

/* clang-format off */
static const struct job_case listed[] = {
    {.sentence = "the source's list is read to its end", .phase = "source", .request = LIST("800100", SOURCE_FIELDS, "1000", "", "source"),
     .status = 200, .body = "{\"data\":[" GREETING("") "]}", .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = PAGE("source ", GREETING_LEARNED(""), "true", "true", "false")},
    {.sentence = "page by page", .phase = "source", .status = 200, .body = "{\"data\":[" GREETING("") "]" MORE "}",
     .outcome = OUTCOME_NEXT, .next_phase = "source", .memo_after = "{\"after\":\"CUR1\"}",
     .learned = PAGE("source ", GREETING_LEARNED(""), "true", "false", "false")},
    {.sentence = "and the last page is one", .phase = "source", .memo = "{\"after\":\"CUR1\"}",
     .request = LIST("800100", SOURCE_FIELDS, "1000", ",\"after\":\"CUR1\"", "source"),
     .status = 200, .body = "{\"data\":[{\"id\":\"9\"}]}", .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = PAGE("source ", "", "false", "true", "false")},
    {.sentence = "a button that opens a flow has the flows read", .phase = "source", .status = 200,
     .body = "{\"data\":[" GREETING(BUTTON) "]}", .outcome = OUTCOME_NEXT, .next_phase = "flows", .memo_after = "",
     .learned = PAGE("source ", GREETING_LEARNED(",\"flows\":[\"77\"]"), "true", "true", "false")},
    {.sentence = "on whichever page it is", .phase = "source", .status = 200, .memo = "{\"has_flows\":true,\"after\":\"CUR1\"}",
     .body = "{\"data\":[]}", .outcome = OUTCOME_NEXT, .next_phase = "flows", .memo_after = "",
     .learned = PAGE("source ", "", "false", "true", "false")},
    {.sentence = "flows are kept by name", .phase = "flows", .status = 200,
     .request = "{\"method\":\"GET\",\"path\":\"/v26.0/800100/flows\",\"query\":{\"fields\":\"id,name\",\"limit\":\"100\"},\"body\":{},\"token\":\"source\"}",
     .body = "{\"data\":[{\"id\":\"77\",\"name\":\"order\"}]}", .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "flows source {\"source\":[{\"id\":\"77\",\"name\":\"order\"}]}"},
    {.sentence = "flows that nobody may read stay", .phase = "flows", .status = 403, .body = ERROR("10", "0"),
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "stay where they are"},
    {.sentence = "none counted just now is none", .phase = "source", .templates = "{\"source_counted\":0}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = PAGE("source ", "", "true", "true", "false")},
    {.sentence = "a source that was just found closed is not asked", .phase = "source", .templates = "{\"is_source_closed\":true}",
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "news {\"unread\":\"the source WABA cannot be read\"}"},
    {.sentence = "a page that is too long is halved", .phase = "source", .status = 500, .body = TOO_MUCH,
     .outcome = OUTCOME_NEXT, .next_phase = "source", .memo_after = "{\"limit\":500}", .note = "half"},
    {.sentence = "and halved again, where it stands", .phase = "source", .memo = "{\"limit\":500,\"after\":\"CUR1\"}",
     .request = LIST("800100", SOURCE_FIELDS, "500", ",\"after\":\"CUR1\"", "source"), .status = 500, .body = TOO_MUCH,
     .outcome = OUTCOME_NEXT, .next_phase = "source", .memo_after = "{\"limit\":250,\"after\":\"CUR1\"}", .note = "half"},
    {.sentence = "a field that is refused costs no list", .phase = "source", .status = 400, .body = ERROR("100", "0"),
     .outcome = OUTCOME_NEXT, .next_phase = "source", .memo_after = "{\"is_bare\":true}", .note = "fewer"},
    {.sentence = "but once only", .phase = "source", .memo = "{\"is_bare\":true}",
     .request = LIST("800100", "id,name,language,status,category,quality_score", "1000", "", "source"),
     .status = 400, .body = ERROR("100", "0"), .outcome = OUTCOME_DONE, .memo_after = "",
     .learned = "news {\"unread\":\"code 100\"}", .note = "unseen"},
    {.sentence = "a source that nobody may list stops nothing", .phase = "source", .status = 403, .body = ERROR("10", "0"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "news {\"unread\":\"code 10\"}", .note = "unseen"},
    {.sentence = "nor does a source token that ends", .phase = "source", .status = 401, .body = ERROR("190", "463"),
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "news {\"unread\":\"code 190\"}"},
    {.sentence = "a quota is waited for", .phase = "source", .status = 400, .body = ERROR("80008", "0"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 15 * MINUTE},
    {.sentence = "without a source there is nothing to list", .phase = "source", .without = WITHOUT_SOURCE,
     .outcome = OUTCOME_DONE, .memo_after = "", .learned = "news {\"unread\":\"no source WABA is given\"}"},
};

static const struct job_case migrated[] = {
    {.sentence = "what is there before is told apart", .phase = "destination", .templates = ALL_DUE,
     .request = DESTINATION(""), .status = 200, .body = "{\"data\":[" GREETING("") "]}", .outcome = OUTCOME_NEXT,
     .next_phase = "compare", .memo_after = "{}", .learned = PAGE("", GREETING_LEARNED(""), "true", "true", "true")},
    {.sentence = "none counted just now is none", .phase = "destination",
     .templates = KNOWN("\"missing\":3,\"due\":3,\"destination_counted\":0"), .outcome = OUTCOME_NEXT,
     .next_phase = "compare", .learned = PAGE("", "", "true", "true", "true")},
    {.sentence = "where nothing qualifies nothing is asked", .phase = "destination", .templates = KNOWN("\"missing\":0"),
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "no template"},
    {.sentence = "flows go first", .phase = "compare", .now_ms = 1000,
     .templates = KNOWN("\"missing\":3,\"due\":3,\"flows\":[\"order\"]"), .outcome = OUTCOME_NEXT,
     .next_phase = "flows", .memo_after = "{\"since\":1000}"},
    {.sentence = "by name", .phase = "flows", .templates = KNOWN("\"flows\":[\"order\",\"a \\\"b\\\"\"]"),
     .request = "{\"method\":\"POST\",\"path\":\"/v26.0/900100/migrate_flows\",\"query\":{},\"body\":{\"source_waba_id\":\"800100\","
                "\"source_flow_names\":[\"order\",\"a \\\"b\\\"\"]},\"token\":\"business\"}",
     .status = 200, .body = "{\"migrated_flows\":[{\"source_name\":\"order\",\"source_id\":\"1\",\"migrated_id\":\"2\"}],"
                            "\"failed_flows\":[{\"source_name\":\"a \\\"b\\\"\",\"error_code\":4233041,\"error_message\":\"not found\"}]}",
     .outcome = OUTCOME_NEXT, .next_phase = "compare",
     .learned = "flows {\"asked\":[\"order\",\"a \\\"b\\\"\"],\"copied\":{\"order\":\"2\"},\"failed\":{\"a \\\"b\\\"\":\"not found\"}}"},
    {.sentence = "a lost answer about flows is looked up", .phase = "flows", .templates = KNOWN("\"flows\":[\"order\"]"),
     .status = JOB_CASE_LOST, .outcome = OUTCOME_UNSURE, .next_phase = "flows_lookup"},
    {.sentence = "and what is listed was copied", .phase = "flows_lookup", .templates = KNOWN("\"flows\":[\"order\"]"),
     .is_in_doubt = true, .status = 200, .body = "{\"data\":[{\"id\":\"2\",\"name\":\"order\"}]}",
     .outcome = OUTCOME_NEXT, .next_phase = "compare", .memo_after = "{}",
     .learned = "flows {\"asked\":[\"order\"],\"copied\":{\"order\":\"2\"},\"failed\":{}}"},
    {.sentence = "flows that cannot be copied hold nothing up", .phase = "flows", .templates = KNOWN("\"flows\":[\"order\"]"),
     .status = 403, .body = ERROR("10", "0"), .outcome = OUTCOME_NEXT, .next_phase = "compare", .note = "without them",
     .learned = "flows {\"asked\":[\"order\"],\"copied\":{},\"failed\":{\"order\":\"m\"}}"},
    {.sentence = "where nothing is there pages are asked for", .phase = "compare", .now_ms = 1000, .templates = ALL_DUE,
     .outcome = OUTCOME_NEXT, .next_phase = "migrate", .memo_after = "{\"since\":1000}"},
    {.sentence = "from zero", .phase = "migrate", .templates = ALL_DUE, .request = COPY("\"page_number\":0"),
     .status = 200, .body = "{\"migrated_templates\":[\"1\",\"2\"],\"failed_templates\":{\"3\":\"Incorrect category\"}}",
     .outcome = OUTCOME_NEXT, .next_phase = "compare", .memo_after = "{\"page\":1,\"is_by_ids\":true}",
     .learned = "news {\"failed\":{\"3\":\"Incorrect category\"},\"pause_ms\":3600000,\"refused_pause_ms\":30000,\"all\":true}"},
    {.sentence = "to the last", .phase = "migrate", .memo = "{\"page\":1}",
     .templates = "{\"source_total\":1001,\"is_empty\":true,\"missing\":1001,\"due\":1001}", .request = COPY("\"page_number\":1"),
     .status = 200, .body = "{\"migrated_templates\":[],\"failed_templates\":[]}", .outcome = OUTCOME_NEXT,
     .next_phase = "migrate", .memo_after = "{\"page\":2}",
     .learned = "news {\"failed\":{},\"pause_ms\":3600000,\"refused_pause_ms\":30000}"},
    {.sentence = "where something is there ids are asked for", .phase = "compare", .now_ms = 1000, .templates = SOME_THERE,
     .outcome = OUTCOME_NEXT, .next_phase = "again", .memo_after = "{\"since\":1000,\"is_by_ids\":true}"},
    {.sentence = "and where pages would take more calls", .phase = "compare", .now_ms = 1000,
     .templates = "{\"source_total\":501,\"wait_ms\":900000,\"is_empty\":true,\"missing\":3,\"due\":3}",
     .outcome = OUTCOME_NEXT, .next_phase = "again", .memo_after = "{\"since\":1000,\"is_by_ids\":true}"},
    {.sentence = "those that are missing and no others", .phase = "again", .templates = SOME_THERE,
     .memo = "{\"is_by_ids\":true}", .request = COPY("\"template_ids\":[\"1\",\"2\"]"), .status = 200,
     .body = "{\"migrated_templates\":[\"1\",\"2\"],\"failed_templates\":{}}", .outcome = OUTCOME_NEXT, .next_phase = "compare",
     .learned = "news {\"failed\":{},\"pause_ms\":3600000,\"refused_pause_ms\":30000,\"asked\":[\"1\",\"2\"]}"},
    {.sentence = "failures may be a list of entries", .phase = "again", .templates = SOME_THERE, .memo = "{\"is_by_ids\":true}",
     .status = 200, .body = "{\"migrated_templates\":[],\"failed_templates\":[{\"id\":\"1\",\"reason\":\"why\"},{\"2\":\"how\"},\"3\"]}",
     .outcome = OUTCOME_NEXT, .next_phase = "compare",
     .learned = "news {\"failed\":{\"1\":\"why\",\"2\":\"how\",\"3\":\"no reason given\"},\"pause_ms\":3600000,"
                "\"refused_pause_ms\":30000,\"asked\":[\"1\",\"2\"]}"},
    {.sentence = "nothing is sent where nothing may be asked for", .phase = "again", .templates = ASKED,
     .outcome = OUTCOME_NEXT, .next_phase = "compare"},
    {.sentence = "a lost answer is looked up", .phase = "again", .templates = SOME_THERE, .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "so is one that says that Meta is out of order", .phase = "migrate", .templates = ALL_DUE, .status = 500,
     .body = ERROR("2", "0"), .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "an answer that says nothing is none", .phase = "again", .templates = SOME_THERE, .status = 200, .body = "{}",
     .outcome = OUTCOME_UNSURE, .next_phase = "look", .note = "does not say"},
    {.sentence = "then what was named counts as asked for, and the count is halved", .phase = "look", .templates = SOME_THERE,
     .memo = "{\"is_by_ids\":true}", .is_in_doubt = true, .request = DESTINATION(""), .status = 200, .body = "{\"data\":[]}",
     .outcome = OUTCOME_NEXT, .next_phase = "compare", .memo_after = "{\"is_by_ids\":true,\"count\":250}",
     .learned = "news {\"asked\":[\"1\",\"2\"],\"pause_ms\":300000}; " PAGE("", "", "true", "true", "false")},
    {.sentence = "down to one", .phase = "look", .templates = SOME_THERE, .memo = "{\"is_by_ids\":true,\"count\":1}",
     .is_in_doubt = true, .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_NEXT, .next_phase = "compare",
     .memo_after = "{\"is_by_ids\":true,\"count\":1}",
     .learned = "news {\"asked\":[\"1\"],\"pause_ms\":300000}; " PAGE("", "", "true", "true", "false")},
    {.sentence = "of a page nobody knows what it named: all, and ids from then on", .phase = "look", .templates = ALL_DUE,
     .memo = "{\"page\":1}", .is_in_doubt = true, .status = 200, .body = "{\"data\":[]" MORE "}", .outcome = OUTCOME_NEXT,
     .next_phase = "look", .memo_after = "{\"page\":1,\"count\":250,\"is_by_ids\":true,\"is_doubted\":true,\"after\":\"CUR1\"}",
     .learned = "news {\"all\":true,\"pause_ms\":300000}; " PAGE("", "", "true", "false", "false")},
    {.sentence = "and is told once a look", .phase = "look", .templates = ALL_DUE, .is_in_doubt = true,
     .memo = "{\"page\":1,\"count\":250,\"is_by_ids\":true,\"is_doubted\":true,\"after\":\"CUR1\"}",
     .request = DESTINATION(",\"after\":\"CUR1\""), .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_NEXT,
     .next_phase = "compare", .memo_after = "{\"page\":1,\"count\":250,\"is_by_ids\":true}",
     .learned = PAGE("", "", "false", "true", "false")},
    {.sentence = "a smaller count is asked for by as many ids", .phase = "again", .templates = SOME_THERE,
     .memo = "{\"is_by_ids\":true,\"count\":1}", .request = COPY("\"template_ids\":[\"1\"]"), .status = JOB_CASE_LOST,
     .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "what was asked for is looked for at once", .phase = "compare", .now_ms = 2000, .templates = ASKED,
     .memo = "{\"since\":1000}", .outcome = OUTCOME_NEXT, .next_phase = "look", .memo_after = "{\"since\":1000,\"looks\":1}"},
    {.sentence = "and again after a pause", .phase = "compare", .now_ms = 2000, .templates = ASKED,
     .memo = "{\"since\":1000,\"looks\":1}", .outcome = OUTCOME_WAIT_TIME, .next_phase = "look", .wait_ms = 30000,
     .memo_after = "{\"since\":1000,\"looks\":2}", .note = "2 templates"},
    {.sentence = "that grows", .phase = "compare", .now_ms = 2000, .templates = ASKED, .memo = "{\"since\":1000,\"looks\":9}",
     .outcome = OUTCOME_WAIT_TIME, .next_phase = "look", .wait_ms = 5 * MINUTE, .memo_after = "{\"since\":1000,\"looks\":10}"},
    {.sentence = "not beyond the manifest's time", .phase = "compare", .now_ms = 891000, .templates = ASKED,
     .memo = "{\"since\":1000,\"looks\":9}", .outcome = OUTCOME_WAIT_TIME, .next_phase = "look", .wait_ms = 10000,
     .memo_after = "{\"since\":1000,\"looks\":10}"},
    {.sentence = "what was refused is not looked for", .phase = "compare", .now_ms = 2000, .templates = REFUSED,
     .memo = "{\"since\":1000}", .outcome = OUTCOME_WAIT_TIME, .next_phase = "compare", .wait_ms = 29000,
     .memo_after = "{\"since\":1000,\"looks\":1}"},
    {.sentence = "then registration goes on, and it is said", .phase = "compare", .now_ms = 901000, .templates = ASKED,
     .memo = "{\"since\":1000}", .outcome = OUTCOME_DONE, .memo_after = "", .note = "registration goes on although 2 templates"},
    {.sentence = "or earlier, when nothing is missing", .phase = "compare", .now_ms = 2000, .templates = NONE_MISSING,
     .memo = "{\"since\":1000}", .outcome = OUTCOME_DONE, .memo_after = "", .note = "all that qualifies"},
    {.sentence = "a source that is not known is copied by its pages", .phase = "compare", .now_ms = 1000, .templates = UNKNOWN,
     .outcome = OUTCOME_NEXT, .next_phase = "migrate", .memo_after = "{\"since\":1000}"},
    {.sentence = "until one is empty", .phase = "migrate", .memo = "{\"page\":2}", .templates = UNKNOWN, .status = 200,
     .body = "{\"migrated_templates\":[],\"failed_templates\":{}}", .outcome = OUTCOME_NEXT, .next_phase = "compare",
     .memo_after = "{\"page\":3,\"is_by_ids\":true}",
     .learned = "news {\"failed\":{},\"pause_ms\":3600000,\"refused_pause_ms\":30000,\"all\":true}"},
    {.sentence = "and a lost page is not asked for again", .phase = "look", .memo = "{\"page\":2}", .templates = UNKNOWN,
     .is_in_doubt = true, .status = 200, .body = "{\"data\":[]}", .outcome = OUTCOME_NEXT, .next_phase = "compare",
     .memo_after = "{\"page\":6,\"count\":250}",
     .learned = "news {\"all\":true,\"pause_ms\":300000}; " PAGE("", "", "true", "true", "false")},
    {.sentence = "by smaller pages", .phase = "migrate", .memo = "{\"page\":6,\"count\":250}", .templates = UNKNOWN,
     .request = COPY("\"page_number\":6,\"count\":250"), .status = JOB_CASE_LOST, .outcome = OUTCOME_UNSURE, .next_phase = "look"},
    {.sentence = "then it is done", .phase = "compare", .now_ms = 2000, .memo = "{\"since\":1000,\"is_by_ids\":true}",
     .templates = UNKNOWN, .outcome = OUTCOME_DONE, .memo_after = "", .note = "unseen"},
    {.sentence = "a destination that is full takes no more", .phase = "again", .templates = SOME_THERE, .status = 400,
     .body = "{\"error\":{\"code\":100,\"error_subcode\":2388019,\"message\":\"m\",\"error_user_title\":\"Limit exceeded\"}}",
     .outcome = OUTCOME_NEXT, .next_phase = "compare", .memo_after = "{\"is_by_ids\":true}", .note = "no room",
     .learned = "news {\"given_up\":\"limit\",\"refusal\":\"Limit exceeded\"}"},
    {.sentence = "and so it does where that is the code itself", .phase = "again", .templates = SOME_THERE, .status = 400,
     .body = "{\"error\":{\"code\":2388019,\"message\":\"m\",\"error_user_title\":\"Limit exceeded\"}}",
     .outcome = OUTCOME_NEXT, .next_phase = "compare", .memo_after = "{\"is_by_ids\":true}", .note = "no room",
     .learned = "news {\"given_up\":\"limit\",\"refusal\":\"Limit exceeded\"}"},
    {.sentence = "another business needs a person", .phase = "migrate", .templates = ALL_DUE, .status = 400,
     .body = ERROR("100", "2388103"), .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "a quota is waited for", .phase = "migrate", .templates = ALL_DUE, .status = 400, .body = ERROR("4", "0"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = 15 * MINUTE},
    {.sentence = "without a destination nothing can be sent", .phase = "migrate", .templates = ALL_DUE,
     .without = WITHOUT_DESTINATION, .outcome = OUTCOME_FAILED, .owner = "partner"},
    {.sentence = "nor without a source", .phase = "again", .templates = SOME_THERE, .without = WITHOUT_SOURCE,
     .outcome = OUTCOME_FAILED, .owner = "partner"},
};

#define BEGUN "{\"since\":1000}"
static const struct job_case settled[] = {
    {.sentence = "while copies are made it waits", .phase = "compare", .now_ms = 1000, .templates = KNOWN("\"is_copying_before\":true"),
     .outcome = OUTCOME_WAIT_TIME, .wait_ms = MINUTE, .memo_after = "{}"},
    {.sentence = "without the source's list there is nothing to compare", .phase = "compare", .now_ms = 1000, .templates = UNKNOWN,
     .outcome = OUTCOME_DONE, .memo_after = "", .note = "not known"},
    {.sentence = "where all is there nothing is read at first", .phase = "compare", .now_ms = 1000, .templates = NONE_MISSING,
     .outcome = OUTCOME_NEXT, .next_phase = "compare", .memo_after = BEGUN},
    {.sentence = "what is missing may come by itself, and is looked for", .phase = "compare", .now_ms = 1000, .templates = SOME_THERE,
     .outcome = OUTCOME_NEXT, .next_phase = "look", .memo_after = BEGUN, .learned = "news {\"automatic_pause_ms\":1800000}"},
    {.sentence = "what does not come is asked for", .phase = "compare", .now_ms = 2000, .templates = SOME_THERE, .memo = BEGUN,
     .outcome = OUTCOME_NEXT, .next_phase = "again", .memo_after = "{\"since\":1000,\"is_by_ids\":true}"},
    {.sentence = "and awaited", .phase = "compare", .now_ms = 2000, .templates = ASKED, .memo = "{\"since\":1000,\"looks\":1}",
     .outcome = OUTCOME_WAIT_TIME, .next_phase = "look", .wait_ms = 5 * MINUTE, .memo_after = "{\"since\":1000,\"looks\":2}"},
    {.sentence = "copies are looked at when they are a day old", .phase = "compare", .now_ms = 1000 + HOUR, .templates = NONE_MISSING,
     .memo = BEGUN, .outcome = OUTCOME_WAIT_TIME, .next_phase = "look", .wait_ms = 23 * HOUR, .memo_after = BEGUN, .note = "3 copies"},
    {.sentence = "and a day later, where Meta has not decided", .phase = "compare", .now_ms = 1000 + 25 * HOUR,
     .templates = KNOWN("\"missing\":0,\"there\":1,\"settles_ms\":86401000,\"destination_read_ms\":90000000"), .memo = BEGUN,
     .outcome = OUTCOME_WAIT_TIME, .next_phase = "look", .wait_ms = 90000000 + DAY - 1000 - 25 * HOUR, .memo_after = BEGUN},
    {.sentence = "until all is settled", .phase = "compare", .now_ms = 1000 + DAY, .templates = KNOWN("\"missing\":0,\"there\":0"),
     .memo = BEGUN, .outcome = OUTCOME_DONE, .memo_after = "", .note = "every template"},
    {.sentence = "or the manifest's time is over", .phase = "compare", .now_ms = INT64_C(1000) + 7 * INT64_C(86400000), .templates = ASKED, .memo = BEGUN,
     .outcome = OUTCOME_NEXT, .next_phase = "compare", .memo_after = BEGUN, .learned = "news {\"given_up\":\"time\"}", .note = "is over"},
};
/* clang-format on */

#define CHECK(kind, cases) job_case_check(&(kind), cases, sizeof(cases) / sizeof((cases)[0]))

static void the_source_is_listed(void)
{
    CHECK(JOB_LIST_TEMPLATES, listed);
}

static void templates_are_copied_before_registration(void)
{
    CHECK(JOB_MIGRATE_TEMPLATES, migrated);
}

static void copies_are_looked_after_until_they_are_settled(void)
{
    CHECK(JOB_SETTLE_TEMPLATES, settled);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the source is listed", the_source_is_listed},
        {"templates are copied before registration", templates_are_copied_before_registration},
        {"copies are looked after until they are settled",
         copies_are_looked_after_until_they_are_settled},
        CU_TEST_INFO_NULL};

    return run_suite("templates", tests);
}
