/* SPDX-License-Identifier: PostgreSQL */
#include "tests/simulator/calls.h"

/* clang-format off */
static const struct param_spec none[] = {{NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec fields_only[] = {
    {"fields", PARAM_TEXT, false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec exchange_code[] = {
    {"client_id",     PARAM_DIGITS, true,  NULL},
    {"client_secret", PARAM_TEXT,   true,  NULL},
    {"code",          PARAM_TEXT,   true,  NULL},
    {"redirect_uri",  PARAM_TEXT,   false, NULL},
    {"grant_type",    PARAM_WORD,   false, "authorization_code"},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec debug_token[] = {
    {"input_token", PARAM_TEXT, true, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec many[] = {
    {"ids",    PARAM_TEXT, true,  NULL},
    {"fields", PARAM_TEXT, false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec list_phones[] = {
    {"fields",    PARAM_TEXT,   false, NULL},
    {"limit",     PARAM_NUMBER, false, NULL},
    {"after",     PARAM_TEXT,   false, NULL},
    {"before",    PARAM_TEXT,   false, NULL},
    {"sort",      PARAM_TEXT,   false, NULL},
    {"filtering", PARAM_TEXT,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec list_templates[] = {
    {"fields",        PARAM_TEXT,   false, NULL},
    {"limit",         PARAM_NUMBER, false, NULL},
    {"after",         PARAM_TEXT,   false, NULL},
    {"before",        PARAM_TEXT,   false, NULL},
    {"status",        PARAM_TEXT,   false, NULL},
    {"category",      PARAM_TEXT,   false, NULL},
    {"language",      PARAM_TEXT,   false, NULL},
    {"name",          PARAM_TEXT,   false, NULL},
    {"quality_score", PARAM_TEXT,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec migrate_templates[] = {
    {"source_waba_id", PARAM_DIGITS, true,  NULL},
    {"page_number",    PARAM_NUMBER, false, NULL},
    {"count",          PARAM_NUMBER, false, NULL},
    {"template_ids",   PARAM_LIST,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec migrate_flows[] = {
    {"source_waba_id",    PARAM_DIGITS, true,  NULL},
    {"source_flow_names", PARAM_LIST,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec list_flows[] = {
    {"fields", PARAM_TEXT,   false, NULL},
    {"limit",  PARAM_NUMBER, false, NULL},
    {"after",  PARAM_TEXT,   false, NULL},
    {"before", PARAM_TEXT,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec profile[] = {
    {"messaging_product",      PARAM_WORD, true,  "whatsapp"},
    {"about",                  PARAM_TEXT, false, NULL},
    {"address",                PARAM_TEXT, false, NULL},
    {"description",            PARAM_TEXT, false, NULL},
    {"email",                  PARAM_TEXT, false, NULL},
    {"profile_picture_handle", PARAM_TEXT, false, NULL},
    {"websites",               PARAM_LIST, false, NULL},
    {"vertical",               PARAM_WORD, false, "OTHER|AUTO|BEAUTY|APPAREL|EDU|ENTERTAIN|EVENT_PLAN|FINANCE|GROCERY|GOVT|HOTEL|HEALTH|NONPROFIT|PROF_SERVICES|RETAIL|TRAVEL|RESTAURANT|ALCOHOL|ONLINE_GAMBLING|PHYSICAL_GAMBLING|OTC_DRUGS"},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec create_phone[] = {
    {"cc",                   PARAM_DIGITS, true,  NULL},
    {"phone_number",         PARAM_DIGITS, true,  NULL},
    {"migrate_phone_number", PARAM_FLAG,   false, NULL},
    {"verified_name",        PARAM_TEXT,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec list_subscribed[] = {
    {"limit", PARAM_NUMBER, false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec subscribe[] = {
    {"override_callback_uri", PARAM_TEXT, false, NULL},
    {"verify_token",          PARAM_TEXT, false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec list_assigned[] = {
    {"business", PARAM_DIGITS, true,  NULL},
    {"fields",   PARAM_TEXT,   false, NULL},
    {"limit",    PARAM_NUMBER, false, NULL},
    {"after",    PARAM_TEXT,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec assign[] = {
    {"user",  PARAM_DIGITS, true, NULL},
    {"tasks", PARAM_LIST,   true, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec unassign[] = {
    {"user", PARAM_DIGITS, true, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec registration[] = {
    {"messaging_product",        PARAM_WORD, true,  "whatsapp"},
    {"pin",                      PARAM_PIN,  true,  NULL},
    {"data_localization_region", PARAM_WORD, false, "AU|ID|IN|JP|SG|KR|DE|CH|GB|BR|BH|ZA|AE|CA"},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec update_phone[] = {
    {"pin",                   PARAM_PIN,    false, NULL},
    {"webhook_configuration", PARAM_OBJECT, false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec settings[] = {
    {"storage_configuration", PARAM_OBJECT, true, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec request_code[] = {
    {"code_method", PARAM_WORD, true, "SMS|VOICE"},
    {"language",    PARAM_TEXT, true, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec verify_code[] = {
    {"code", PARAM_PIN, true, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec page[] = {
    {"fields", PARAM_TEXT,   false, NULL},
    {"limit",  PARAM_NUMBER, false, NULL},
    {"after",  PARAM_TEXT,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec list_client_wabas[] = {
    {"fields",    PARAM_TEXT,   false, NULL},
    {"limit",     PARAM_NUMBER, false, NULL},
    {"after",     PARAM_TEXT,   false, NULL},
    {"sort",      PARAM_WORD,   false, "creation_time_descending|creation_time_ascending"},
    {"filtering", PARAM_TEXT,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec list_allocations[] = {
    {"receiving_business_id", PARAM_DIGITS, false, NULL},
    {"fields",                PARAM_TEXT,   false, NULL},
    {"limit",                 PARAM_NUMBER, false, NULL},
    {"after",                 PARAM_TEXT,   false, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec attach[] = {
    {"waba_id",       PARAM_DIGITS,   true, NULL},
    {"waba_currency", PARAM_CURRENCY, true, NULL},
    {NULL, PARAM_TEXT, false, NULL}};
static const struct param_spec share[] = {
    {"receiving_business_id", PARAM_DIGITS, true, NULL},
    {NULL, PARAM_TEXT, false, NULL}};

#define MANAGE SCOPE_WHATSAPP_MANAGEMENT
#define BOTH (SCOPE_WHATSAPP_MANAGEMENT | SCOPE_WHATSAPP_MESSAGING)
#define CREDIT (SCOPE_WHATSAPP_MANAGEMENT | SCOPE_BUSINESS_MANAGEMENT)

const struct call CALLS[] = {
    {"GET",    NODE_ROOT,        "oauth/access_token", QUOTA_NONE,   FOR_NOBODY_YET, 0,  exchange_code, call_exchange_code},
    {"GET",    NODE_ROOT,        "debug_token",        QUOTA_NONE,   FOR_ANYONE, 0,      debug_token,   call_debug_token},
    {"GET",    NODE_ROOT,        "me",                 QUOTA_NONE,   FOR_ANYONE, 0,      fields_only,   call_me},
    {"GET",    NODE_ROOT,        "",                   QUOTA_NONE,   FOR_ANYONE, MANAGE, many,          call_many},

    {"GET",    NODE_WABA,        NULL,                 QUOTA_WABA,   FOR_ANYONE, MANAGE, fields_only,   call_read_node},
    {"GET",    NODE_WABA,        "phone_numbers",      QUOTA_WABA,   FOR_ANYONE, MANAGE, list_phones,   call_list_phones},
    {"POST",   NODE_WABA,        "phone_numbers",      QUOTA_NONE,   FOR_ANYONE, MANAGE, create_phone,  call_create_phone},
    {"GET",    NODE_WABA,        "message_templates",  QUOTA_WABA,   FOR_ANYONE, MANAGE, list_templates, call_list_templates},
    {"POST",   NODE_WABA,        "migrate_message_templates", QUOTA_NONE, FOR_ANYONE, MANAGE, migrate_templates, call_migrate_templates},
    {"GET",    NODE_WABA,        "flows",              QUOTA_NONE,   FOR_ANYONE, MANAGE, list_flows,    call_list_flows},
    {"POST",   NODE_WABA,        "migrate_flows",      QUOTA_NONE,   FOR_ANYONE, MANAGE, migrate_flows, call_migrate_flows},
    {"GET",    NODE_WABA,        "subscribed_apps",    QUOTA_WABA,   FOR_ANYONE, MANAGE, list_subscribed, call_list_subscribed},
    {"POST",   NODE_WABA,        "subscribed_apps",    QUOTA_WABA,   FOR_ANYONE, MANAGE, subscribe,     call_subscribe},
    {"DELETE", NODE_WABA,        "subscribed_apps",    QUOTA_WABA,   FOR_ANYONE, MANAGE, none,          call_unsubscribe},
    {"GET",    NODE_WABA,        "assigned_users",     QUOTA_WABA,   FOR_ANYONE, MANAGE, list_assigned, call_list_assigned},
    {"POST",   NODE_WABA,        "assigned_users",     QUOTA_WABA,   FOR_ANYONE, MANAGE, assign,        call_assign},
    {"DELETE", NODE_WABA,        "assigned_users",     QUOTA_WABA,   FOR_ANYONE, MANAGE, unassign,      call_unassign},

    {"GET",    NODE_PHONE,       NULL,                 QUOTA_WABA,   FOR_ANYONE, MANAGE, fields_only,   call_read_node},
    {"POST",   NODE_PHONE,       NULL,                 QUOTA_NONE,   FOR_ANYONE, MANAGE, update_phone,  call_update_phone},
    {"GET",    NODE_PHONE,       "settings",           QUOTA_NONE,   FOR_ANYONE, MANAGE, none,          call_read_settings},
    {"POST",   NODE_PHONE,       "settings",           QUOTA_NONE,   FOR_ANYONE, MANAGE, settings,      call_write_settings},
    {"GET",    NODE_PHONE,       "whatsapp_business_profile", QUOTA_NONE, FOR_ANYONE, MANAGE, fields_only, call_read_profile},
    {"POST",   NODE_PHONE,       "whatsapp_business_profile", QUOTA_NONE, FOR_ANYONE, MANAGE, profile, call_write_profile},
    {"POST",   NODE_PHONE,       "register",           QUOTA_NONE,   FOR_ANYONE, BOTH,   registration,  call_register},
    {"POST",   NODE_PHONE,       "deregister",         QUOTA_NONE,   FOR_ANYONE, BOTH,   none,          call_deregister},
    {"POST",   NODE_PHONE,       "request_code",       QUOTA_NONE,   FOR_ANYONE, MANAGE, request_code,  call_request_code},
    {"POST",   NODE_PHONE,       "verify_code",        QUOTA_NONE,   FOR_ANYONE, MANAGE, verify_code,   call_verify_code},

    {"GET",    NODE_BUSINESS,    NULL,                 QUOTA_NONE,   FOR_ANYONE, 0,      fields_only,   call_read_node},
    {"GET",    NODE_BUSINESS,    "system_users",       QUOTA_NONE,   FOR_SYSTEM, SCOPE_BUSINESS_MANAGEMENT, page, call_list_system_users},
    {"GET",    NODE_BUSINESS,    "extendedcredits",    QUOTA_CREDIT, FOR_SYSTEM, SCOPE_BUSINESS_MANAGEMENT, page, call_list_credit_lines},
    {"GET",    NODE_BUSINESS,    "client_whatsapp_business_accounts", QUOTA_NONE, FOR_SYSTEM, CREDIT, list_client_wabas, call_list_client_wabas},

    {"GET",    NODE_CREDIT_LINE, NULL,                 QUOTA_NONE,   FOR_SYSTEM, SCOPE_BUSINESS_MANAGEMENT, fields_only, call_read_node},
    {"GET",    NODE_CREDIT_LINE, "owning_credit_allocation_configs", QUOTA_CREDIT, FOR_SYSTEM, SCOPE_BUSINESS_MANAGEMENT, list_allocations, call_list_allocations},
    {"POST",   NODE_CREDIT_LINE, "whatsapp_credit_sharing_and_attach", QUOTA_CREDIT, FOR_SYSTEM, CREDIT, attach, call_share_and_attach},
    {"POST",   NODE_CREDIT_LINE, "whatsapp_credit_sharing", QUOTA_NONE, FOR_SYSTEM, SCOPE_BUSINESS_MANAGEMENT, share, call_share},
    {"POST",   NODE_CREDIT_LINE, "whatsapp_credit_attach", QUOTA_NONE, FOR_ANYONE, MANAGE, attach,      call_attach},
    {"GET",    NODE_ALLOCATION,  NULL,                 QUOTA_CREDIT, FOR_SYSTEM, SCOPE_BUSINESS_MANAGEMENT, fields_only, call_read_node},
    {"DELETE", NODE_ALLOCATION,  NULL,                 QUOTA_CREDIT, FOR_SYSTEM, SCOPE_BUSINESS_MANAGEMENT, none, call_revoke},
};
/* clang-format on */
const size_t CALL_COUNT = sizeof CALLS / sizeof CALLS[0];
