/* SPDX-License-Identifier: PostgreSQL */
#include "orchestrator/turn.h"

int turn_of(int64_t numbers)
{
    int turn = 0;

    for (int64_t rest = numbers; rest >= 8 && turn < TURN_COUNT - 1; rest /= 8)
        turn++;
    return turn;
}

static int order(int64_t left, int64_t right)
{
    return (left > right) - (left < right);
}

int turn_compare(const struct turn_step *left, const struct turn_step *right)
{
    int result = order(left->urgency, right->urgency);

    if (result == 0)
        result = order(left->turn, right->turn);
    if (result == 0)
        result = order(right->ordinal, left->ordinal);
    if (result == 0)
        result = order(left->due_ms, right->due_ms);
    return result != 0 ? result : order(left->step_id, right->step_id);
}
