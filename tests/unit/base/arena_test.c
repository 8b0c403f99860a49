/* SPDX-License-Identifier: PostgreSQL */
#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "tests/unit/base/suite.h"

#define PIECES 400

/* Sizes on both sides of every border: empty, unaligned, a block, more than a block. */
static size_t piece_bytes(size_t i)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 4095, 8191, 8192, 8193, 50000};

    return sizes[i * 7 % (sizeof sizes / sizeof sizes[0])];
}

static bool all_bytes_are(const char *memory, size_t count, char wanted)
{
    for (size_t i = 0; i < count; i++)
        if (memory[i] != wanted)
            return false;
    return true;
}

static void fill_arena(struct arena *arena)
{
    char *pieces[PIECES];

    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(arena, piece_bytes(i));
        CU_ASSERT_EQUAL((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        CU_ASSERT(all_bytes_are(pieces[i], piece_bytes(i), '\0'));
        memset(pieces[i], (int)(i % 100) + 1, piece_bytes(i));
    }
    for (size_t i = 0; i < PIECES; i++)
        CU_ASSERT(all_bytes_are(pieces[i], piece_bytes(i), (char)(i % 100 + 1)));
}

static void pieces_are_zeroed_aligned_and_apart(void)
{
    struct arena *arena = arena_create();

    fill_arena(arena);
    arena_destroy(arena);
}

static void pieces_are_zeroed_again_after_a_reset(void)
{
    struct arena *arena = arena_create();

    arena_reset(arena);
    for (int round = 0; round < 3; round++) {
        fill_arena(arena);
        arena_reset(arena);
    }
    memset(arena_alloc(arena, 100000), 'x', 100000);
    arena_reset(arena);
    fill_arena(arena);
    arena_destroy(arena);
}

static void empty_pieces_have_addresses_of_their_own(void)
{
    struct arena *arena = arena_create();
    const char *first = arena_alloc(arena, 0);
    const char *second = arena_alloc(arena, 0);

    CU_ASSERT_PTR_NOT_EQUAL(first, second);
    arena_destroy(arena);
    arena_destroy(NULL);
}

static void what_it_holds_is_told(void)
{
    struct arena *arena = arena_create();

    CU_ASSERT_EQUAL(arena_bytes(arena), 0);
    arena_alloc(arena, 1);
    size_t first = arena_bytes(arena);
    CU_ASSERT_TRUE(first >= 1 && first < 16384);
    arena_alloc(arena, 100000);
    CU_ASSERT_TRUE(arena_bytes(arena) >= first + 100000);
    CU_ASSERT_TRUE(arena_bytes(arena) < first + 110000);
    arena_destroy(arena);
}

static void texts_are_copied(void)
{
    struct arena *arena = arena_create();
    char original[] = "Bakery Lune";
    const char *copy = arena_copy_text(arena, original);
    const char *bytes = arena_copy_bytes(arena, "a\0b", 3);

    original[0] = 'L';
    check_text(copy, "Bakery Lune");
    CU_ASSERT_EQUAL(memcmp(bytes, "a\0b\0", 4), 0);
    check_text(arena_copy_text(arena, ""), "");
    check_text(arena_copy_bytes(arena, NULL, 0), "");
    CU_ASSERT_PTR_NULL(arena_copy_text(arena, NULL));
    arena_destroy(arena);
}

static void texts_of_any_length_are_printed(void)
{
    struct arena *arena = arena_create();

    check_text(arena_printf(arena, "%s/%d", "step", 12), "step/12");
    for (int width = 1; width < 20000; width += 997) {
        const char *text = arena_printf(arena, "%*d", width, 7);
        CU_ASSERT_EQUAL(strlen(text), (size_t)width);
        CU_ASSERT_EQUAL(text[width - 1], '7');
    }
    arena_destroy(arena);
}

static void texts_are_joined(void)
{
    struct arena *arena = arena_create();

    check_text(arena_join(arena, "pin", ":", "autumn", "/", "+49"), "pin:autumn/+49");
    check_text(arena_join(arena, ""), "");
    arena_destroy(arena);
}

int main(void)
{
    /* clang-format off */
    CU_TestInfo tests[] = {
        {"pieces are zeroed, aligned and apart", pieces_are_zeroed_aligned_and_apart},
        {"pieces are zeroed again after a reset", pieces_are_zeroed_again_after_a_reset},
        {"empty pieces have addresses of their own", empty_pieces_have_addresses_of_their_own},
        {"what it holds is told", what_it_holds_is_told},
        {"texts are copied", texts_are_copied},
        {"texts are joined", texts_are_joined},
        {"texts of any length are printed", texts_of_any_length_are_printed},
        CU_TEST_INFO_NULL,
    };
    /* clang-format on */
    return run_suite("arena", tests);
}
