/* SPDX-License-Identifier: PostgreSQL */
/* What each kind of node shows. The tables and switches here are flat on purpose: a field is a row.
 */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/calls.h"
#include "tests/simulator/denials.h"
#include "tests/simulator/fields.h"
#include "tests/simulator/node_rows.h"
#include "tests/simulator/templates.h"

static json_object *text_or_null(const char *text)
{
    return text ? json_object_new_string(text) : NULL;
}

static json_object *named(const char *id, const char *name)
{
    json_object *json = json_object_new_object();
    if (name)
        json_object_object_add(json, "name", json_object_new_string(name));
    json_object_object_add(json, "id", json_object_new_string(id));
    return json;
}

/* ---- phones ---- */

#define PHONE_TEXT(field)                                                          \
    static json_object *phone_##field(const struct view *view, const void *object) \
    {                                                                              \
        (void)view;                                                                \
        return json_object_new_string(fields_phone_text(object, #field));          \
    }
PHONE_TEXT(name_status)
PHONE_TEXT(account_mode)
PHONE_TEXT(quality_rating)
PHONE_TEXT(platform_type)
#undef PHONE_TEXT

static json_object *phone_id(const struct view *view, const void *object)
{
    (void)view;
    return json_object_new_string(((const struct phone *)object)->id);
}

static json_object *phone_display(const struct view *view, const void *object)
{
    /* "+33 123-456-789": formatted unlike any manifest, because only the digits may be compared. */
    const struct e164 *number = &((const struct phone *)object)->line->number;
    const char *n = number->national;
    size_t length = strlen(n), tail = length > 4 ? 4 : 0, middle = length > 7 ? 3 : 0;
    size_t head = length - tail - middle;
    return json_object_new_string(arena_printf(
        view->exchange->arena, "+%s %.*s%s%.*s%s%s", number->country_code, (int)head, n,
        middle ? "-" : "", (int)middle, n + head, tail ? "-" : "", n + head + middle));
}

static json_object *phone_verified_name(const struct view *view, const void *object)
{
    (void)view;
    return text_or_null(((const struct phone *)object)->line->customer->name);
}

static json_object *phone_absent(const struct view *view, const void *object)
{
    (void)view;
    (void)object;
    return NULL;
}

static json_object *phone_is_pin_enabled(const struct view *view, const void *object)
{
    (void)view;
    return json_object_new_boolean(((const struct phone *)object)->is_pin_enabled);
}

static json_object *phone_status(const struct view *view, const void *object)
{
    (void)view;
    return json_object_new_string(((const struct phone *)object)->status);
}

static json_object *phone_verification(const struct view *view, const void *object)
{
    (void)view;
    return json_object_new_string(((const struct phone *)object)->verification);
}

static json_object *phone_is_on_biz_app(const struct view *view, const void *object)
{
    (void)view;
    return json_object_new_boolean(strcmp(fields_phone_text(object, "is_on_biz_app"), "true") == 0);
}

static json_object *phone_false(const struct view *view, const void *object)
{
    (void)view;
    (void)object;
    return json_object_new_boolean(false);
}

static json_object *phone_quality_score(const struct view *view, const void *object)
{
    (void)view;
    json_object *json = json_object_new_object();
    json_object_object_add(json, "score",
                           json_object_new_string(fields_phone_text(object, "quality_rating")));
    return json;
}

static json_object *messaging_limit(const struct view *view, const void *object)
{
    (void)view;
    (void)object;
    return json_object_new_string("TIER_2K");
}

static json_object *phone_throughput(const struct view *view, const void *object)
{
    (void)view;
    const struct phone *phone = object;
    json_object *json = json_object_new_object();
    json_object_object_add(
        json, "level",
        json_object_new_string(phone->is_registered ? "STANDARD" : "NOT_APPLICABLE"));
    return json;
}

static json_object *phone_last_onboarded(const struct view *view, const void *object)
{
    const struct phone *phone = object;
    if (phone->onboarded_ms == 0)
        return NULL;
    return json_object_new_string(world_format_time(view->exchange->arena, phone->onboarded_ms));
}

static json_object *phone_webhooks(const struct view *view, const void *object)
{
    const struct phone *phone = object;
    json_object *json = json_object_new_object();
    if (phone->webhook_uri)
        json_object_object_add(json, "phone_number", json_object_new_string(phone->webhook_uri));
    if (phone->waba->override_uri)
        json_object_object_add(json, "whatsapp_business_account",
                               json_object_new_string(phone->waba->override_uri));
    json_object_object_add(json, "application",
                           json_object_new_string("https://partner.example/webhooks"));
    (void)view;
    return json;
}

/* Edges, read as fields of their number. Graph expands edges in general; that it does these two,
 * and in this shape, is not documented (U). */
static json_object *phone_profile(const struct view *view, const void *object)
{
    return call_profile(view->world, view->exchange, object,
                        view->field ? view->field->children_text : NULL);
}

static json_object *phone_settings(const struct view *view, const void *object)
{
    (void)view;
    return call_settings(object);
}

/* ---- health ---- */

static void add_entity(json_object *entities, const char *type, const char *id, const char *trouble)
{
    json_object *entity = json_object_new_object();
    json_object_object_add(entity, "entity_type", json_object_new_string(type));
    json_object_object_add(entity, "id", json_object_new_string(id));
    json_object_object_add(entity, "can_send_message",
                           json_object_new_string(trouble ? "BLOCKED" : "AVAILABLE"));
    if (trouble) {
        json_object *errors = json_object_new_array(), *error = json_object_new_object();
        json_object_object_add(error, "error_code", json_object_new_int(141000));
        json_object_object_add(error, "error_description", json_object_new_string(trouble));
        json_object_array_add(errors, error);
        json_object_object_add(entity, "errors", errors);
    }
    json_object_array_add(entities, entity);
}

static json_object *health(const struct view *view, const struct waba *waba,
                           const struct phone *phone)
{
    json_object *json = json_object_new_object(), *entities = json_object_new_array();
    const char *phone_trouble =
        phone && !phone->is_registered ? "The phone number is not registered" : NULL;
    const char *waba_trouble = strcmp(waba->review_status, "APPROVED") != 0
                                   ? "The account is not approved"
                               : !waba->funding_id ? "There is no payment method"
                                                   : NULL;
    if (phone)
        add_entity(entities, "PHONE_NUMBER", phone->id, phone_trouble);
    add_entity(entities, "WABA", waba->id, waba_trouble);
    add_entity(entities, "BUSINESS", waba->owner_business_id, NULL);
    add_entity(entities, "APP", view->world->app_id, NULL);
    json_object_object_add(
        json, "can_send_message",
        json_object_new_string(phone_trouble || waba_trouble ? "BLOCKED" : "AVAILABLE"));
    json_object_object_add(json, "entities", entities);
    return json;
}

static json_object *phone_health(const struct view *view, const void *object)
{
    const struct phone *phone = object;
    return health(view, phone->waba, phone);
}

static json_object *waba_health(const struct view *view, const void *object)
{
    return health(view, object, NULL);
}

/* clang-format off */
static const struct field_row phone_rows[] = {
    {"id",                            true,  phone_id},
    {"display_phone_number",          true,  phone_display},
    {"verified_name",                 true,  phone_verified_name},
    {"quality_rating",                true,  phone_quality_rating},
    {"code_verification_status",      true,  phone_verification},
    {"name_status",                   false, phone_name_status},
    {"new_name_status",               false, phone_absent}, /* unless a change is pending */
    {"new_display_name",              false, phone_absent},
    {"is_pin_enabled",                false, phone_is_pin_enabled},
    {"status",                        false, phone_status},
    {"account_mode",                  false, phone_account_mode},
    {"platform_type",                 false, phone_platform_type},
    {"is_on_biz_app",                 false, phone_is_on_biz_app},
    {"is_official_business_account",  false, phone_false},
    {"is_preverified_number",         false, phone_false},
    {"quality_score",                 false, phone_quality_score},
    {"messaging_limit_tier",          false, messaging_limit},
    {"whatsapp_business_manager_messaging_limit", false, messaging_limit},
    {"throughput",                    false, phone_throughput},
    {"health_status",                 false, phone_health},
    {"last_onboarded_time",           false, phone_last_onboarded},
    {"webhook_configuration",         false, phone_webhooks},
    {"whatsapp_business_profile",     false, phone_profile},
    {"settings",                      false, phone_settings},
    {"search_visibility",             false, phone_absent},
    {"certificate",                   false, phone_absent},
    {"new_certificate",               false, phone_absent},
    {"conversational_automation",     false, phone_absent},
    {"eligibility_for_api_business_global_search", false, phone_absent},
    {"username",                      false, phone_absent},
    {"official_business_account",     false, phone_absent},
    {"oba_status",                    false, phone_absent},
    {"unified_cert_status",           false, phone_absent},
    {NULL, false, NULL},
};
/* clang-format on */

/* ---- WABAs ---- */

#define WABA_TEXT(name, value)                                                   \
    static json_object *waba_##name(const struct view *view, const void *object) \
    {                                                                            \
        const struct waba *waba = object;                                        \
        (void)view;                                                              \
        (void)waba;                                                              \
        return text_or_null(value);                                              \
    }
WABA_TEXT(id, waba->id)
WABA_TEXT(name, waba->name)
WABA_TEXT(review, waba->review_status)
WABA_TEXT(verification, waba->verification_status)
WABA_TEXT(currency, waba->currency)
WABA_TEXT(timezone, "1")
WABA_TEXT(country, "US")
WABA_TEXT(funding, waba->funding_id)
WABA_TEXT(ownership, "CLIENT_OWNED")
WABA_TEXT(status, "ACTIVE")
WABA_TEXT(absent, NULL)
#undef WABA_TEXT

static json_object *waba_owner(const struct view *view, const void *object)
{
    const struct waba *waba = object;
    const struct node *node = world_find_node(view->world, waba->owner_business_id);
    bool is_known = node && node->kind == NODE_BUSINESS;
    return named(waba->owner_business_id, is_known ? node->business->name : waba->name);
}

static json_object *waba_namespace(const struct view *view, const void *object)
{
    uint64_t hash = index_hash(((const struct waba *)object)->id);
    return json_object_new_string(arena_printf(view->exchange->arena, "%08x_%04x_%04x",
                                               (unsigned)(hash >> 32), (unsigned)(hash & 0xffff),
                                               (unsigned)((hash >> 16) & 0xffff)));
}

static json_object *waba_created(const struct view *view, const void *object)
{
    (void)view;
    return json_object_new_int64(((const struct waba *)object)->created_ms / 1000);
}

static json_object *waba_false(const struct view *view, const void *object)
{
    return phone_false(view, object);
}

static json_object *waba_phones(const struct view *view, const void *object)
{
    struct listing listing = {.limit = view->field->limit,
                              .after = view->field->after,
                              .fields_text = view->field->children_text,
                              .fields = view->field->children};
    return fields_list_phones(view->world, view->exchange, object, &listing);
}

static json_object *waba_templates(const struct view *view, const void *object)
{
    struct listing listing = {.limit = view->field->limit,
                              .after = view->field->after,
                              .fields_text = view->field->children_text,
                              .fields = view->field->children};
    return templates_list(view->world, view->exchange, object, &listing, false);
}

static json_object *waba_subscriptions(const struct view *view, const void *object)
{
    return fields_list_subscribed_apps(view->world, object);
}

/* clang-format off */
static const struct field_row waba_rows[] = {
    {"id",                            true,  waba_id},
    {"name",                          true,  waba_name},
    {"currency",                      true,  waba_currency},
    {"timezone_id",                   true,  waba_timezone},
    {"message_template_namespace",    true,  waba_namespace},
    {"account_review_status",         false, waba_review},
    {"business_verification_status",  false, waba_verification},
    {"ownership_type",                false, waba_ownership},
    {"status",                        false, waba_status},
    {"primary_funding_id",            false, waba_funding},
    {"country",                       false, waba_country},
    {"owner_business_info",           false, waba_owner},
    {"owner_business",                false, waba_owner},
    {"on_behalf_of_business_info",    false, waba_absent},
    {"health_status",                 false, waba_health},
    {"whatsapp_business_manager_messaging_limit", false, messaging_limit},
    {"template_auto_archival_enabled", false, waba_false},
    {"is_shared_with_partners",       false, waba_false},
    {"creation_time",                 false, waba_created},
    {"purchase_order_number",         false, waba_absent},
    {"marketing_messages_onboarding_status", false, waba_absent},
    {"primary_business_location",     false, waba_country},
    {"phone_numbers",                 false, waba_phones},
    {"subscribed_apps",               false, waba_subscriptions},
    {"message_templates",             false, waba_templates},
    {NULL, false, NULL},
};
/* clang-format on */

/* ---- businesses, credit ---- */

static json_object *business_id(const struct view *view, const void *object)
{
    (void)view;
    return json_object_new_string(((const struct business *)object)->id);
}

static json_object *business_name(const struct view *view, const void *object)
{
    (void)view;
    return text_or_null(((const struct business *)object)->name);
}

static json_object *business_verification(const struct view *view, const void *object)
{
    (void)view;
    return text_or_null(((const struct business *)object)->verification_status);
}

static json_object *line_id(const struct view *view, const void *object)
{
    (void)object;
    return json_object_new_string(view->world->credit_line_id);
}

static json_object *line_entity(const struct view *view, const void *object)
{
    (void)view;
    (void)object;
    return json_object_new_string("Partner Ltd");
}

static json_object *allocation_id(const struct view *view, const void *object)
{
    (void)view;
    return json_object_new_string(((const struct allocation *)object)->id);
}

static json_object *allocation_receiver(const struct view *view, const void *object)
{
    const struct allocation *allocation = object;
    (void)view;
    return named(allocation->receiving_business_id, allocation->receiving_business_name);
}

static json_object *allocation_credential(const struct view *view, const void *object)
{
    (void)view;
    return named(((const struct allocation *)object)->credential_id, NULL);
}

static json_object *allocation_status(const struct view *view, const void *object)
{
    (void)view;
    bool is_deleted = ((const struct allocation *)object)->is_deleted;
    return json_object_new_string(is_deleted ? "DELETED" : "ACTIVE");
}

static json_object *allocation_owner(const struct view *view, const void *object)
{
    (void)object;
    return named(view->world->partner_business_id, "Partner Ltd");
}

/* clang-format off */
static const struct field_row business_rows[] = {
    {"id",                            true,  business_id},
    {"name",                          true,  business_name},
    {"verification_status",           false, business_verification},
    {"whatsapp_business_manager_messaging_limit", false, messaging_limit},
    {NULL, false, NULL},
};
static const struct field_row credit_line_rows[] = {
    {"id",                            true,  line_id},
    {"legal_entity_name",             true,  line_entity},
    {NULL, false, NULL},
};
static const struct field_row allocation_rows[] = {
    {"id",                            true,  allocation_id},
    {"receiving_business",            true,  allocation_receiver},
    {"receiving_credential",          false, allocation_credential},
    {"owning_business",               false, allocation_owner},
    {"request_status",                false, allocation_status},
    {NULL, false, NULL},
};
static const struct {
    enum node_kind kind;
    const char *name;
    const struct field_row *rows;
} kinds[] = {
    {NODE_PHONE,       "WhatsAppBusinessPhoneNumber",   phone_rows},
    {NODE_WABA,        "WhatsAppBusinessAccount",       waba_rows},
    {NODE_BUSINESS,    "Business",                      business_rows},
    {NODE_CREDIT_LINE, "ExtendedCredit",                credit_line_rows},
    {NODE_ALLOCATION,  "ExtendedCreditAllocationConfig", allocation_rows},
    {NODE_TEMPLATE,    "WhatsAppMessageTemplate",       TEMPLATE_ROWS},
    {NODE_FLOW,        "WhatsAppExtension",             FLOW_ROWS},
};
/* clang-format on */

static const struct field_row *find_row(const struct field_row *rows, const char *name)
{
    for (; rows->name; rows++) {
        if (strcmp(rows->name, name) == 0)
            return rows;
    }
    return NULL;
}

bool fields_is_phone_field(const char *name)
{
    return find_row(phone_rows, name) != NULL;
}

bool fields_is_waba_field(const char *name)
{
    return find_row(waba_rows, name) != NULL;
}

/* What the scenario says of this field, in place of what the world would; NULL says that it is
 * absent. False: it says nothing. */
static bool find_staged(const struct node *node, const char *name, json_object **value)
{
    if (node->kind == NODE_WABA)
        return json_object_object_get_ex(node->waba->fields, name, value);
    if (node->kind != NODE_PHONE || !fields_phone_staged(node->phone, name, value))
        return false;
    /* Those that change as things happen are kept in the structure, unless they are hidden. */
    return !*value || (strcmp(name, "status") != 0 && strcmp(name, "is_pin_enabled") != 0 &&
                       strcmp(name, "code_verification_status") != 0);
}

static bool render_field(const struct view *view, const struct node *node,
                         const struct field_row *row, json_object *into)
{
    json_object *value = NULL;
    if (node->kind == NODE_PHONE)
        value = losses_show(view->world, node->phone, row->name);
    if (value)
        json_object_object_add(into, row->name, value);
    if (value)
        return true;
    if (find_staged(node, row->name, &value))
        json_object_get(value);
    else
        value = row->get(view, node->any);
    if (view->exchange->error_code) {
        json_object_put(value);
        return false;
    }
    if (value)
        json_object_object_add(into, row->name, value);
    return true;
}

static size_t find_kind(enum node_kind kind)
{
    size_t i = 0;
    while (i < sizeof kinds / sizeof kinds[0] && kinds[i].kind != kind)
        i++;
    BUG_UNLESS(i < sizeof kinds / sizeof kinds[0]);
    return i;
}

void fields_refuse_unknown(struct exchange *exchange, enum node_kind kind, const char *name)
{
    exchange_refuse(exchange, 100, 0,
                    "(#100) Tried accessing nonexisting field (%s) on node type (%s)", name,
                    kinds[find_kind(kind)].name);
}

bool fields_check(const struct world *world, struct exchange *exchange,
                  const struct subject *subject, const struct field *fields)
{
    const struct field_row *rows = kinds[find_kind(subject->kind)].rows;
    for (; fields; fields = fields->next) {
        const struct field_row *row = find_row(rows, fields->name);
        if (!row) {
            fields_refuse_unknown(exchange, subject->kind, fields->name);
            return false;
        }
        if (!denials_allow(world, exchange, subject, row->name) ||
            (!row->is_default && !denials_allow_more(exchange, subject)))
            return false;
    }
    return true;
}

static bool render_asked(const struct view *view, const struct node *node,
                         const struct field_row *rows, json_object *into)
{
    for (const struct field *field = view->field; field; field = field->next) {
        struct view one = {view->world, view->exchange, field};
        if (!render_field(&one, node, find_row(rows, field->name), into))
            return false;
    }
    return true;
}

static bool render_defaults(const struct view *view, const struct node *node,
                            const struct field_row *rows, json_object *into)
{
    struct subject subject = denials_subject(node);
    for (; rows->name; rows++) {
        if (rows->is_default && !denials_hide(view->world, view->exchange, &subject, rows->name) &&
            !render_field(view, node, rows, into))
            return false;
    }
    return true;
}

json_object *fields_render(const struct world *world, struct exchange *exchange,
                           const struct node *node, const struct field *fields)
{
    const struct field_row *rows = kinds[find_kind(node->kind)].rows;
    struct subject subject = denials_subject(node);
    if (!fields_check(world, exchange, &subject, fields))
        return NULL;
    struct view view = {world, exchange, fields};
    json_object *json = json_object_new_object();
    bool is_rendered =
        fields ? render_asked(&view, node, rows, json) : render_defaults(&view, node, rows, json);
    /* Graph adds the id whatever was asked. */
    if (is_rendered && !json_object_object_get_ex(json, "id", NULL)) {
        struct view id_view = {world, exchange, NULL};
        json_object_object_add(json, "id", find_row(rows, "id")->get(&id_view, node->any));
    }
    if (is_rendered)
        return json;
    json_object_put(json);
    return NULL;
}
