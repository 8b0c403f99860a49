/* SPDX-License-Identifier: PostgreSQL */
/*
 * A webhook's address that the manifest takes is one that Meta can call: HTTPS, a host, nothing
 * secret in it, and every reader of URLs sees the same host. The input is the address.
 */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "planner/manifest_keys.h"
#include "tests/fuzz/fuzz.h"

#define BYTES_MAX 200

static char *part(CURLU *url, CURLUPart what)
{
    char *text = NULL;

    return curl_url_get(url, what, &text, 0) == CURLUE_OK ? text : NULL;
}

static void check_taken(const char *text)
{
    CURLU *url = curl_url();

    BUG_UNLESS(strlen(text) <= BYTES_MAX && strncmp(text, "https://", 8) == 0);
    BUG_UNLESS(strpbrk(text, "\\\"<>^`{|} ") == NULL && fuzz_is_showable(text));
    BUG_UNLESS(curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK);
    char *host = part(url, CURLUPART_HOST), *user = part(url, CURLUPART_USER);
    char *password = part(url, CURLUPART_PASSWORD), *fragment = part(url, CURLUPART_FRAGMENT);
    /* An IPv6 address has several ways to be written, of which libcurl says the shortest. */
    BUG_UNLESS(host != NULL &&
               (*host == '[' ? text[8] == '[' : strncasecmp(text + 8, host, strlen(host)) == 0));
    BUG_UNLESS(user == NULL && password == NULL && fragment == NULL);
    curl_free(host);
    curl_url_cleanup(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct manifest_key key = {.name = "override_callback_uri", .kind = KIND_HTTPS};
    char *text = fuzz_text(data, size);
    struct fault fault = FAULT_NONE;
    enum status status = manifest_keys_check(&key, text, &fault);

    if (status == STATUS_OK)
        check_taken(text);
    else
        BUG_UNLESS(status == STATUS_INVALID && fault.message[0] != '\0' &&
                   fuzz_is_showable(fault.message));
    free(text);
    return 0;
}
