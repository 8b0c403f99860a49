/* SPDX-License-Identifier: PostgreSQL */
#include "tests/fuzz/facts.h"

void facts_fill(struct facts *facts)
{
    *facts = (struct facts){
        .graph_version = "v26.0",
        .partner_business_id = "1020304050",
        .app_id = "998877",
        .credit_line_id = "5566778899",
        .system_user_id = "404040",
        .system_token = secret_create(FACTS_MARKER "system-token-0123"),
        .app_secret = secret_create(FACTS_MARKER "app-secret-0123"),
        .customer = "bakery-lune",
        .business_id = "700100",
        .source_waba_id = "800100",
        .destination_waba_id = "900100",
        .waba_currency = "EUR",
        .webhook_override_callback_uri = "https://bakery-lune.example/hook?a=1&b=2",
        .allocation_config_id = "58501441721238",
        .business_token = secret_create(FACTS_BUSINESS_TOKEN),
        .source_token = secret_create(FACTS_MARKER "source-token-0123"),
        .signup_code = secret_create(FACTS_MARKER "signup-code-0123"),
        .webhook_verify_token = secret_create(FACTS_MARKER "verify\\token-0123"),
        .number = "+33123456789",
        .country_code = "33",
        .national = "123456789",
        .phone_number_id = "610100",
        .source_phone_number_id = "600100",
        .data_localization_region = "DE",
        .pin = secret_create(FACTS_PIN),
        .verification_code = secret_create("660917"),
        .can_verify = true,
        .source_waba_fields = "id,name,owner_business_info{id}",
        .source_number_fields = "id,display_phone_number,is_pin_enabled",
        .destination_waba_fields = "id,name,subscribed_apps",
        .destination_number_fields = "id,display_phone_number,status",
        .confirmed_number_fields = "id,status,health_status,whatsapp_business_profile{about,email}",
        .kept_profile = "{\"data\":[{\"about\":\"Bread\",\"websites\":[\"https://b.example\"]}]}",
        .template_fields = "status,quality_score",
        .source_refused_fields = ",name,",
        .destination_refused_fields = ",status,",
        .source_phone_number_ids = "600100,600200",
        .intended_at_ms = 1795000000000,
    };
}

static void drop(const struct secret **secret)
{
    secret_destroy((struct secret *)(uintptr_t)*secret);
    *secret = NULL;
}

void facts_make_sparse(struct facts *facts)
{
    const struct secret **const secrets[] = {&facts->app_secret, &facts->business_token,
                                             &facts->source_token, &facts->signup_code,
                                             &facts->webhook_verify_token};

    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        drop(secrets[i]);
    facts->credit_line_id = facts->system_user_id = facts->waba_currency = NULL;
    facts->webhook_override_callback_uri = facts->allocation_config_id = NULL;
    facts->phone_number_id = facts->source_phone_number_id = NULL;
    facts->data_localization_region = facts->template_fields = NULL;
    facts->source_refused_fields = facts->destination_refused_fields = NULL;
    facts->source_waba_fields = facts->source_number_fields = NULL;
    facts->destination_waba_fields = facts->destination_number_fields = NULL;
    facts->source_phone_number_ids = facts->confirmed_number_fields = facts->kept_profile = NULL;
}

void facts_release(struct facts *facts)
{
    facts_make_sparse(facts);
    drop(&facts->system_token);
    drop(&facts->pin);
    drop(&facts->verification_code);
}
