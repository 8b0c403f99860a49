/* SPDX-License-Identifier: PostgreSQL */
/* French. */
#include "planner/language.h"

/* clang-format off */
static const struct language_text texts[] = {
    {"Numbers", "Numéros"},
};
/* clang-format on */

const struct language LANGUAGE_FR = {"fr", "Français", texts, sizeof texts / sizeof texts[0]};
