/* SPDX-License-Identifier: PostgreSQL */
/*
 * What each rule reads, and what each answer means.
 *
 * Remedies whose owner is the customer are sent to customers as they are: they know neither the
 * manifest nor this program. All remedies are translated by their English text, so none has a
 * parameter; numbers and days stand in the finding's value.
 */
#include "planner/audit.h"
#include "planner/eligibility_parts.h"

/* clang-format off */

#define WHATSAPP_MANAGER "WhatsApp Manager → Phone numbers"
#define DISPLAY_NAME WHATSAPP_MANAGER " → the number → Profile → Display name"
#define SECURITY_CENTRE "Meta Business Suite → Settings → Security Centre"
#define SUPPORT_HOME "Meta's Business Support Home"
#define WAIT_FOR_META "Wait for Meta's answer; nothing else is needed."

const struct reading ELIGIBILITY_COMMON[COMMON_COUNT + 1] = {
    [COMMON_UNDOCUMENTED] = {"undocumented", VERDICT_UNKNOWN, "partner",
     "Meta answered with a value that it has not documented. Look at the setting in WhatsApp "
     "Manager or Meta Business Suite; if it is in order, write the day you looked under `attest` "
     "in the manifest.", NULL, false},
    [COMMON_READ_LATER] = {"read later", VERDICT_UNKNOWN, NULL,
     "Nothing to do now: it is read as soon as the new account, and the number in it, are there.",
     NULL, false},
    [COMMON_OFFLINE] = {"offline", VERDICT_UNKNOWN, "partner",
     "The manifest alone does not tell. Check without `--offline`, or ask the customer and write "
     "the day of the answer under `attest` in the manifest.", NULL, false},
    [COMMON_SOURCE_CLOSED] = {"source closed", VERDICT_UNKNOWN, "partner",
     "The old account did not show this: there is no token for it, or Meta refused the token. Give "
     "the customer's `source_token` in the manifest (the customer or the old partner can grant "
     "one), or ask the customer and write the day of the answer under `attest`.", NULL, false},
    [COMMON_NOT_IN_SOURCE] = {"not in source", VERDICT_UNKNOWN, "partner",
     "The old account can be read, but this number is not in it. Correct the number or "
     "`source_waba_id` in the manifest, or ask the customer and write the day of the answer under "
     "`attest`.", NULL, false},
    [COMMON_DESTINATION_CLOSED] = {"destination closed", VERDICT_UNKNOWN, "partner",
     "The new account did not show this. Have the customer share it with the partner's portfolio, "
     "or give a `token` that can read it in the manifest; or look in WhatsApp Manager and write the "
     "day under `attest`.", NULL, false},
    [COMMON_LEFT_OUT] = {"left out", VERDICT_UNKNOWN, "partner",
     "Meta shows this field to some apps only, and not to the one whose token was used. Give a "
     "`source_token` (old account) or `token` (new account) of an app that may read it, or ask the "
     "customer and write the day of the answer under `attest` in the manifest.", NULL, false},
    [COMMON_ABSENT] = {"absent", VERDICT_UNKNOWN, "partner",
     "Meta's answer came without this field. Give a `source_token` (old account) or `token` (new "
     "account) with more access, or look in WhatsApp Manager and write the day under `attest` in "
     "the manifest.", NULL, false},
    [COMMON_ATTESTED] = {"attested", VERDICT_PASS, NULL, NULL, NULL, false},
    [COMMON_ATTESTED_LONG_AGO] = {"attested long ago", VERDICT_WARN, "partner",
     "The confirmation is more than 30 days old. Ask again and write the new day under `attest` in "
     "the manifest.", NULL, false},
    [COMMON_ATTESTED_AHEAD] = {"attested ahead", VERDICT_WARN, "partner",
     "The day of the confirmation is still to come, or is no day. Correct it under `attest` in the "
     "manifest.", NULL, false},
    [COMMON_MOOT] = {"moot", VERDICT_PASS, NULL,
     "Nothing to do: it does not hold this number up, which is registered on the new account "
     "already.", NULL, false},
};

static const struct reading business_verified_readings[] = {
    {"verified", VERDICT_PASS, NULL, NULL, NULL, false},
    {"not_verified", VERDICT_FAIL, "customer",
     "The business is not verified by Meta. Start the verification in " SECURITY_CENTRE
     " → Start verification, and send the documents it asks for.", NULL, false},
    {"pending", VERDICT_FAIL, "meta",
     "Meta is examining the business verification. " WAIT_FOR_META, NULL, false},
    {"pending_need_more_info", VERDICT_FAIL, "customer",
     "Meta wants more information before it verifies the business. Open " SECURITY_CENTRE
     " and send what it asks for.", NULL, false},
    {"pending_submission", VERDICT_FAIL, "customer",
     "The business verification was begun and not sent. Finish it in " SECURITY_CENTRE
     " → Continue.", NULL, false},
    {"rejected", VERDICT_FAIL, "customer",
     "Meta rejected the business verification. Read the reason in " SECURITY_CENTRE
     ", mend it, and request a new review.", NULL, false},
    {"failed", VERDICT_FAIL, "customer",
     "The business verification failed. Read the reason in " SECURITY_CENTRE
     ", correct the details or documents of the business, and start it again.", NULL, false},
    {"expired", VERDICT_FAIL, "customer",
     "The business verification has expired. Renew it in " SECURITY_CENTRE ".", NULL, false},
    {"revoked", VERDICT_FAIL, "customer",
     "Meta took the business verification back. Read why in " SECURITY_CENTRE
     " and appeal, or verify the business anew.", NULL, false},
    {"ineligible", VERDICT_FAIL, "customer",
     "Meta says that the business may not be verified at present. Open " SECURITY_CENTRE
     " for the reason, and write to Meta Business Support if it is wrong.", NULL, false},
    {.word = NULL},
};

#define REVIEW_READINGS(account)                                                                 \
    {"APPROVED", VERDICT_PASS, NULL, NULL, NULL, false},                                         \
    {"PENDING", VERDICT_FAIL, "meta",                                                            \
     "Meta is reviewing the " account " WhatsApp Business Account. " WAIT_FOR_META, NULL, false}, \
    {"DEFERRED", VERDICT_FAIL, "meta",                                                           \
     "Meta has put off its review of the " account " WhatsApp Business Account. " WAIT_FOR_META, \
     NULL, false},                                                                               \
    {"REJECTED", VERDICT_FAIL, "customer",                                                       \
     "Meta rejected the " account " WhatsApp Business Account in its review. Open " SUPPORT_HOME \
     ", read the reason, and request another review.", NULL, false},                             \
    {"RESTRICTED", VERDICT_FAIL, "customer",                                                     \
     "Meta has restricted the " account " WhatsApp Business Account. Open " SUPPORT_HOME         \
     ", read the reason, and mend it or request a review.", NULL, false},                        \
    {"LIMIT_REACHED", VERDICT_FAIL, "customer",                                                  \
     "The " account " WhatsApp Business Account has reached one of Meta's limits. Open "         \
     SUPPORT_HOME " to see which one, and ask there to have it raised.", NULL, false}

static const struct reading source_review_readings[] = {REVIEW_READINGS("old"), {.word = NULL}};
static const struct reading destination_review_readings[] = {REVIEW_READINGS("new"), {.word = NULL}};

static const struct reading payment_outcomes[] = {
    {"set", VERDICT_PASS, NULL, NULL, NULL, false},
    {"line", VERDICT_WARN, NULL,
     "Nothing to do: the run shares the partner's credit line with the new account before the "
     "number moves.", NULL, true},
    {"line later", VERDICT_UNKNOWN, NULL,
     "Nothing to do now: the run will share the partner's credit line with the new account.", NULL,
     true},
    {"none", VERDICT_FAIL, "customer",
     "The new WhatsApp Business Account has no payment method. Add one in Meta Business Suite → "
     "Billing & payments → WhatsApp Business accounts → the new account → Add payment method.",
     NULL, false},
    {.word = NULL},
};

static const struct reading two_step_off_readings[] = {
    {"false", VERDICT_PASS, NULL, NULL, NULL, false},
    {"true", VERDICT_FAIL, "customer",
     "Turn two-step verification off in " WHATSAPP_MANAGER " → the number → Two-step verification "
     "→ Turn off, then confirm with the link in the e-mail that Meta sends. Only somebody who "
     "manages the old account can do it, and no program can.", NULL, false},
    {.word = NULL},
};

static const struct reading name_approved_readings[] = {
    {"APPROVED", VERDICT_PASS, NULL, NULL, NULL, false},
    {"AVAILABLE_WITHOUT_REVIEW", VERDICT_FAIL, "customer",
     "The display name is in use without Meta's review, and a move needs an approved one. Submit "
     "it for review in " DISPLAY_NAME " → Edit, and wait until it shows as approved.", NULL, false},
    {"DECLINED", VERDICT_FAIL, "customer",
     "Meta declined the display name. Choose one that follows Meta's display name guidelines in "
     DISPLAY_NAME " → Edit, or appeal there, and wait until it is approved.", NULL, false},
    {"EXPIRED", VERDICT_FAIL, "customer",
     "The display name's approval has expired. Submit the name again in " DISPLAY_NAME
     " → Edit, and wait until it is approved.", NULL, false},
    {"PENDING_REVIEW", VERDICT_FAIL, "meta",
     "Meta is reviewing the display name. Do not change it meanwhile. " WAIT_FOR_META, NULL, false},
    {"NONE", VERDICT_FAIL, "customer",
     "The number has no display name that Meta has seen. Give it one in " DISPLAY_NAME
     ", and wait until it is approved.", NULL, false},
    {.word = NULL},
};

#define NAME_CHANGE_BLOCKS "a number whose display name is being changed cannot move"

static const struct reading name_change_readings[] = {
    {"NONE", VERDICT_PASS, NULL, NULL, NULL, false},
    {"PENDING_REVIEW", VERDICT_FAIL, "meta",
     "Meta is reviewing a new display name, and " NAME_CHANGE_BLOCKS ". " WAIT_FOR_META, NULL,
     false},
    {"APPROVED", VERDICT_FAIL, "source_partner",
     "Meta has approved a new display name that the number does not bear yet, and "
     NAME_CHANGE_BLOCKS ". Whoever runs the old account registers the number there again, within "
     "14 days of the approval, to take the name over, or lets the change lapse.", NULL, false},
    {"DECLINED", VERDICT_FAIL, "customer",
     "Meta declined a new display name, and the request is still open. Withdraw it in "
     DISPLAY_NAME ", or request another name and wait until it is in use.", NULL, false},
    {"EXPIRED", VERDICT_FAIL, "customer",
     "A new display name was approved, not taken over in time, and has expired. Withdraw the "
     "request in " DISPLAY_NAME ", or request the name again and wait until it is in use.", NULL,
     false},
    {"AVAILABLE_WITHOUT_REVIEW", VERDICT_FAIL, "customer",
     "A new display name was requested and not submitted for Meta's review. Submit it in "
     DISPLAY_NAME " and wait until it is in use, or withdraw the request.", NULL, false},
    {.word = NULL},
};

static const struct reading name_change_outcomes[] = {
    {"not asked for", VERDICT_PASS, NULL, NULL, NULL, false},
    {"asked for", VERDICT_FAIL, "customer",
     "A new display name has been requested, and " NAME_CHANGE_BLOCKS ". Withdraw the request in "
     DISPLAY_NAME ", or wait until the new name is in use.", NULL, false},
    {.word = NULL},
};

static const struct reading not_test_number_readings[] = {
    {"LIVE", VERDICT_PASS, NULL, NULL, NULL, false},
    {"SANDBOX", VERDICT_FAIL, "partner",
     "WhatsApp issued this number for testing, and test numbers cannot move. Take it out of the "
     "manifest, or `wabamigrate cancel` it; the customer uses a number of its own instead.", NULL,
     false},
    {.word = NULL},
};

static const struct reading not_business_app_readings[] = {
    {"false", VERDICT_PASS, NULL, NULL, NULL, false},
    {"true", VERDICT_FAIL, "customer",
     "This number is in use with the WhatsApp Business app, and such a number cannot move. In the "
     "app, disconnect it under Settings → Account → Business Platform; where the app does not "
     "show that, save the chats and delete the account under Settings → Account.", NULL, false},
    {.word = NULL},
};

static const struct reading cloud_api_readings[] = {
    {"CLOUD_API", VERDICT_PASS, NULL, NULL, NULL, false},
    {"ON_PREMISE", VERDICT_WARN, "customer",
     "This number runs on the On-Premises API: its message history and its media stay behind. "
     "Save what is needed before the move; afterwards the number works with the Cloud API only.",
     NULL, false},
    {"NOT_APPLICABLE", VERDICT_WARN, "partner",
     "The number is not registered on any platform at the old account. Ask the customer whether "
     "it is in use at all, and whether it is the right number and the right `source_waba_id`.",
     NULL, false},
    {.word = NULL},
};

static const struct reading same_business_outcomes[] = {
    {"same", VERDICT_PASS, NULL, NULL, NULL, false},
    {"differs", VERDICT_FAIL, "customer",
     "The new WhatsApp Business Account belongs to another business portfolio than the old one, "
     "and numbers move only inside one portfolio. Go through Embedded Signup again and choose the "
     "portfolio that owns the old account.", NULL, false},
    {"not the one named", VERDICT_FAIL, "partner",
     "The `business_id` in the manifest is not the portfolio that owns the old account. Correct "
     "it, or `source_waba_id` if that is the wrong account.", NULL, false},
    {.word = NULL},
};

static const struct reading webhooks_outcomes[] = {
    {"subscribed", VERDICT_PASS, NULL, NULL, NULL, false},
    {"missing", VERDICT_WARN, NULL,
     "Nothing to do: the run subscribes the partner's app to the new account's webhooks before the "
     "number moves.", NULL, true},
    {"not seen", VERDICT_UNKNOWN, NULL,
     "Nothing to do now: the run looks whether the partner's app is subscribed to the new account's "
     "webhooks, and subscribes it where it is not.", NULL, true},
    {.word = NULL},
};

#define CONNECT_FIRST " Whoever runs the old account connects it again before the move."

static const struct reading not_already_moved_readings[] = {
    {"CONNECTED", VERDICT_PASS, NULL, NULL, NULL, false},
    {"MIGRATED", VERDICT_FAIL, "partner",
     "The number has left the old account, but is not in use on this customer's new one. Ask the "
     "customer or the old partner where it is, then correct the manifest or take the number out.",
     NULL, false},
    {"DELETED", VERDICT_FAIL, "customer",
     "The number was deleted from the old account and cannot move from there any more. If it is "
     "still wanted, it has to be added to the new account as a new number.", NULL, false},
    {"BANNED", VERDICT_FAIL, "customer",
     "WhatsApp has banned this number, and a banned number cannot move. Open " SUPPORT_HOME
     ", read the reason, and request a review.", NULL, false},
    {"PENDING", VERDICT_WARN, "source_partner",
     "The number is not registered at the old account yet, and only a registered number moves. "
     "Whoever runs the old account registers it before the move.", NULL, false},
    {"DISCONNECTED", VERDICT_WARN, "source_partner",
     "The number is disconnected at the old account." CONNECT_FIRST, NULL, false},
    {"UNVERIFIED", VERDICT_WARN, "source_partner",
     "The number is not verified at the old account. Whoever runs the old account verifies and "
     "registers it before the move.", NULL, false},
    {"UNKNOWN", VERDICT_WARN, "source_partner",
     "Meta does not know how the number stands at the old account. Whoever runs the old account "
     "makes sure before the move that it sends and receives.", NULL, false},
    {"LINKED", VERDICT_WARN, "source_partner",
     "The number is linked to the old account, but not connected." CONNECT_FIRST, NULL, false},
    {"UNLINKED", VERDICT_WARN, "source_partner",
     "The number is not linked to the old account any more." CONNECT_FIRST, NULL, false},
    {"FLAGGED", VERDICT_WARN, "customer",
     "Meta has flagged the number because people block or report its messages. It takes its "
     "quality rating along; send fewer unwanted messages until the flag is gone.", NULL, false},
    {"RATE_LIMITED", VERDICT_WARN, "customer",
     "Meta limits how many messages the number may send. The limit goes along with the number; "
     "send fewer messages until it is lifted.", NULL, false},
    {"RESTRICTED", VERDICT_WARN, "customer",
     "Meta has restricted the number, and the restriction may keep it from moving. Open "
     SUPPORT_HOME ", read the reason, and request a review.", NULL, false},
    {.word = NULL},
};

static const struct reading not_already_moved_outcomes[] = {
    {"moved", VERDICT_WARN, NULL,
     "Nothing to do: the number is registered on the new account already.", NULL, false},
    {.word = NULL},
};

static const struct reading registration_outcomes[] = {
    {"left", VERDICT_PASS, NULL, NULL, NULL, false},
    {"few left", VERDICT_WARN, "partner",
     "Most of the 10 registrations that Meta allows a number in 72 hours are spent, and the last "
     "two are kept for a person. Find out why the others failed before spending them with "
     "`wabamigrate run --spend-last-registrations`; without it the number goes on by itself when "
     "fewer than 8 are spent.", NULL, false},
    {"spent", VERDICT_FAIL, NULL,
     "All of the 10 registrations that Meta allows a number in 72 hours are spent. Nothing to do "
     "but wait: another attempt would only make it longer, and the number goes on by itself.",
     "time", false},
    {"refused", VERDICT_FAIL, NULL,
     "Meta takes no more registrations of this number for 72 hours (133016). Nothing to do but wait: "
     "another attempt would only make it longer, and the number goes on by itself.", "time", false},
    {.word = NULL},
};

#define DELETE_TEMPLATES                                                                         \
    " Before the move, delete templates that nobody uses in WhatsApp Manager → Message templates."

static const struct reading template_outcomes[] = {
    {"fit", VERDICT_PASS, NULL, NULL, NULL, false},
    {"green do not fit", VERDICT_WARN, "customer",
     "The new account has no room for all the message templates that Meta copies by itself "
     "(approved and of high quality): it stops at the limit." DELETE_TEMPLATES, NULL, false},
    {"unknown do not fit", VERDICT_WARN, "customer",
     "The new account has room for the message templates that Meta copies by itself, but not for "
     "all those of unknown quality, which are copied afterwards." DELETE_TEMPLATES, NULL, false},
    {"not counted", VERDICT_UNKNOWN, NULL,
     "Nothing to do: the templates of the two accounts were not counted.", NULL, false},
    {.word = NULL},
};

static const struct reading currency_outcomes[] = {
    {"settled", VERDICT_PASS, NULL, NULL, NULL, false},
    {"INR", VERDICT_WARN, "partner",
     "A partner billed in India must have every WhatsApp Business Account in INR by 31 December "
     "2026: from 1 January 2027 Meta does not deliver the messages of the others. See that all "
     "accounts on the credit line are in INR by then.", NULL, false},
    {"BRL", VERDICT_WARN, "partner",
     "A partner billed in Brazil must have every WhatsApp Business Account in BRL by 30 June 2027. "
     "See that all accounts on the credit line are in BRL by then.", NULL, false},
    {"frozen", VERDICT_WARN, "partner",
     "The new account has a payment method in another currency than the manifest's "
     "`waba_currency`, and that freezes its currency. Correct `waba_currency`, or have the "
     "customer make another new account.", NULL, false},
    {"none known", VERDICT_UNKNOWN, NULL,
     "Nothing to do now: no currency is wished for, and the new account's is not known.", NULL,
     false},
    {.word = NULL},
};

static const struct reading signup_outcomes[] = {
    {"captured", VERDICT_PASS, NULL, NULL, NULL, false},
    {"missing", VERDICT_FAIL, "customer",
     "Go through Embedded Signup with the link from the partner: choose the business "
     "portfolio that owns the present account, let one new WhatsApp Business Account be "
     "created, and enter the number. It stays in service meanwhile.", "signup",
     false},
    {"without number", VERDICT_FAIL, "customer",
     "The signup gave a new account but not this number. Go through Embedded Signup once more, "
     "choose the account made the first time, and enter this number on the phone number screen.",
     "signup", false},
    {.word = NULL},
};

#define VERIFY                                                                                   \
    " Go through the signup again and enter the code that WhatsApp sends to the number, or finish " \
    "the verification in " WHATSAPP_MANAGER "."

static const struct reading number_verified_readings[] = {
    {"VERIFIED", VERDICT_PASS, NULL, NULL, NULL, false},
    {"NOT_VERIFIED", VERDICT_FAIL, "customer",
     "The signup ended before the number was verified." VERIFY, "code", false},
    {"UNVERIFIED", VERDICT_FAIL, "customer",
     "The signup ended before the number was verified." VERIFY, "code", false},
    {"EXPIRED", VERDICT_FAIL, "customer",
     "The number's verification has expired before it was registered." VERIFY, "code", false},
    {.word = NULL},
};

static const struct reading number_verified_outcomes[] = {
    {"code to come", VERDICT_WARN, NULL,
     "Nothing to do now: before the number moves, WhatsApp sends it a code by SMS or voice, and "
     "the customer passes it on.", NULL, true},
    {.word = NULL},
};

/* two_step_off and not_business_app never look at the destination: whether the new node's fields
 * speak of the source before register is not known (graph-api.md, open question 10), and a false
 * that speaks of another node would let a number through that register then refuses. */
const struct rule ELIGIBILITY_RULES[ELIGIBILITY_RULES_MAX] = {
    {.id = "business_verified", .source = "MIG-PROG",
     .field = "business_verification_status", .node = NODE_WABA, .side = SIDE_BOTH,
     .ignore_case = true, .unknown = UNKNOWN_BLOCKS_UNLESS_SIGNUP,
     .readings = business_verified_readings},
    {.id = "source_waba_approved", .source = "MIG-PROG",
     .field = "account_review_status", .node = NODE_WABA, .side = SIDE_SOURCE,
     .unknown = UNKNOWN_BLOCKS, .readings = source_review_readings},
    {.id = "destination_waba_approved", .source = "MIG-PROG",
     .field = "account_review_status", .node = NODE_WABA, .side = SIDE_DESTINATION,
     .unknown = UNKNOWN_BLOCKS_WITH_WABA, .readings = destination_review_readings},
    {.id = "payment_method", .source = "CREDIT",
     .field = "primary_funding_id", .node = NODE_WABA, .side = SIDE_DESTINATION,
     .unknown = UNKNOWN_BLOCKS_WITHOUT_LINE,
     .judge = eligibility_judge_payment, .outcomes = payment_outcomes},
    {.id = "two_step_off", .source = "MIG-PROG",
     .field = "is_pin_enabled", .node = NODE_NUMBER, .side = SIDE_SOURCE, .is_boolean = true,
     .unknown = UNKNOWN_BLOCKS, .readings = two_step_off_readings},
    {.id = "name_approved", .source = "MIG-PROG",
     .field = "name_status", .node = NODE_NUMBER, .side = SIDE_BOTH,
     .unknown = UNKNOWN_BLOCKS_UNLESS_SIGNUP, .readings = name_approved_readings},
    {.id = "no_pending_name_change", .source = "MIG-PROG",
     .field = "new_name_status", .node = NODE_NUMBER, .side = SIDE_BOTH,
     .unknown = UNKNOWN_BLOCKS_UNLESS_SIGNUP,
     .judge = eligibility_judge_name_change, .readings = name_change_readings,
     .outcomes = name_change_outcomes},
    {.id = "not_test_number", .source = "MIG-PROG",
     .field = "account_mode", .node = NODE_NUMBER, .side = SIDE_BOTH,
     .unknown = UNKNOWN_BLOCKS_UNLESS_SIGNUP, .readings = not_test_number_readings},
    {.id = "not_business_app", .source = "MIG-PROG",
     .field = "is_on_biz_app", .node = NODE_NUMBER, .side = SIDE_SOURCE, .is_boolean = true,
     .unknown = UNKNOWN_BLOCKS_PROGRAMMATIC, .readings = not_business_app_readings},
    {.id = "cloud_api", .source = "MIG-ES",
     .field = "platform_type", .node = NODE_NUMBER, .side = SIDE_SOURCE,
     .unknown = UNKNOWN_IS_HARMLESS, .readings = cloud_api_readings},
    {.id = "same_business", .source = "ERR",
     .field = "owner_business_info", .node = NODE_WABA, .side = SIDE_DESTINATION,
     .unknown = UNKNOWN_BLOCKS_WITH_WABA,
     .judge = eligibility_judge_business, .outcomes = same_business_outcomes},
    {.id = "webhooks_subscribed", .source = "MIG-PROG",
     .field = "subscribed_apps", .node = NODE_WABA, .side = SIDE_DESTINATION,
     .unknown = UNKNOWN_IS_HARMLESS,
     .judge = eligibility_judge_webhooks, .outcomes = webhooks_outcomes},
    {.id = "not_already_moved", .source = "MIG-PROG",
     .field = "status", .node = NODE_NUMBER, .side = SIDE_SOURCE,
     .unknown = UNKNOWN_IS_HARMLESS,
     .judge = eligibility_judge_moved, .readings = not_already_moved_readings,
     .outcomes = not_already_moved_outcomes},
    {.id = "registration_budget", .source = "REG", .unknown = UNKNOWN_IS_HARMLESS,
     .judge = eligibility_judge_registrations, .outcomes = registration_outcomes},
    {.id = "template_headroom", .source = "TPL",
     .field = "message_templates", .node = NODE_WABA, .side = SIDE_SOURCE,
     .unknown = UNKNOWN_IS_HARMLESS,
     .judge = eligibility_judge_templates, .outcomes = template_outcomes},
    {.id = "waba_currency", .source = "PRICE",
     .field = "currency", .node = NODE_WABA, .side = SIDE_DESTINATION,
     .unknown = UNKNOWN_IS_HARMLESS,
     .judge = eligibility_judge_currency, .outcomes = currency_outcomes},
    {.id = "signup_captured", .source = "ES-IMPL", .unknown = UNKNOWN_IS_HARMLESS,
     .judge = eligibility_judge_signup, .outcomes = signup_outcomes},
    {.id = "number_verified", .source = "PHONE",
     .field = "code_verification_status", .node = NODE_NUMBER, .side = SIDE_DESTINATION,
     .unknown = UNKNOWN_BLOCKS_SIGNED_UP, .judge = eligibility_judge_verified,
     .readings = number_verified_readings, .outcomes = number_verified_outcomes},
};

/* clang-format on */

const char ELIGIBILITY_SOURCE_WABA_FIELDS[] =
    "id,name,account_review_status,business_verification_status,owner_business_info,"
    "primary_funding_id," AUDIT_WABA_FIELDS;
const char ELIGIBILITY_DESTINATION_WABA_FIELDS[] =
    "id,name,account_review_status,business_verification_status,owner_business_info,"
    "primary_funding_id,currency,subscribed_apps";
const char ELIGIBILITY_SOURCE_NUMBER_FIELDS[] =
    "id,display_phone_number,verified_name,name_status,new_name_status,new_display_name,"
    "is_pin_enabled,account_mode,is_on_biz_app,platform_type,status," AUDIT_NUMBER_FIELDS;
const char ELIGIBILITY_DESTINATION_NUMBER_FIELDS[] =
    "id,display_phone_number,verified_name,name_status,new_name_status,new_display_name,"
    "account_mode,status,code_verification_status";
const char ELIGIBILITY_TEMPLATE_FIELDS[] = "status,quality_score";
