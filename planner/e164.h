/* SPDX-License-Identifier: PostgreSQL */
/*
 * e164 -- a telephone number as ITU-T E.164 has it: a country code and a national number.
 *
 * The country codes are prefix-free (ITU-T E.164 Annex, list of assigned codes), so a number splits
 * in one way only. What follows the code is taken as it stands: Italy's and Cote d'Ivoire's leading
 * zeros belong to the national number. The check is one of form (7 to 15 digits, an assigned code,
 * a possible length where the plan fixes one), not of existence.
 */
#ifndef WABAMIGRATE_PLANNER_E164_H
#define WABAMIGRATE_PLANNER_E164_H

#include "base/fault.h"

struct e164 {
    char text[17];        /* "+33123456789" */
    char country_code[4]; /* "33", "1", "225" */
    char national[16];    /* "123456789" */
};

/* Accepts "+33 1 23 45 67 89", "+1 (631) 555-5555", "0033..." is refused: which country dials 00 is
 * unknown. Spaces (also no-break ones), hyphens, dots, slashes and parentheses may separate digits;
 * "(0)" after the code is refused, with the remedy. STATUS_INVALID with what is wrong and how to
 * mend it, without the file's position (the caller knows it). */
MUST_CHECK enum status e164_parse(const char *text, struct e164 *number, struct fault *fault);

#endif
