/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/nearest_word.h"

#include <stdbool.h>
#include <string.h>

static unsigned least(unsigned left, unsigned right)
{
    return left < right ? left : right;
}

/* How many letters must be added, dropped, changed or swapped with their neighbour. */
static unsigned edit_distance(const char *left, const char *right)
{
    size_t left_length = strlen(left), right_length = strlen(right);
    unsigned rows[3][NEAREST_WORD_MAX + 1];

    if (left_length > NEAREST_WORD_MAX || right_length > NEAREST_WORD_MAX)
        return NEAREST_WORD_MAX;
    for (unsigned j = 0; j <= right_length; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= left_length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= right_length; j++) {
            bool is_same = left[i - 1] == right[j - 1];
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (is_same ? 0 : 1));
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return rows[left_length % 3][right_length];
}

void nearest_word_try(struct nearest_word *nearest, const char *word)
{
    size_t length = strlen(nearest->given);
    unsigned distance = edit_distance(nearest->given, word);

    /* An abbreviation is far by letters and near by intent. */
    if (length >= 3 && strncmp(nearest->given, word, length) == 0)
        distance = 1;
    if (distance > (length + 2) / 3)
        return;
    if (nearest->word == NULL || distance < nearest->distance) {
        nearest->word = word;
        nearest->distance = distance;
    }
}
