/* A red-black-like balanced tree (a treap) with insert, find and delete, and short-lived binary trees: pointers, malloc. */
#include "guest.h"

typedef struct Tree { struct Tree *left, *right; u32 key, rank; } Tree;

static Tree *leaf(u32 key) {
    Tree *t = malloc(sizeof *t);
    *t = (Tree){NULL, NULL, key, rnd()};
    return t;
}

static NOINLINE Tree *insert(Tree *t, u32 key) {
    if (!t) return leaf(key);
    if (key == t->key) return t;
    Tree **side = key < t->key ? &t->left : &t->right, *up;
    *side = insert(*side, key);
    up = *side;
    if (up->rank <= t->rank) return t;
    if (side == &t->left) t->left = up->right, up->right = t;
    else t->right = up->left, up->left = t;
    return up;
}

static NOINLINE Tree *merge(Tree *a, Tree *b) {
    if (!a || !b) return a ? a : b;
    if (a->rank > b->rank) return a->right = merge(a->right, b), a;
    return b->left = merge(a, b->left), b;
}

static NOINLINE Tree *erase(Tree *t, u32 key) {
    for (Tree **at = &t; *at; at = key < (*at)->key ? &(*at)->left : &(*at)->right)
        if ((*at)->key == key) {
            Tree *old = *at;
            *at = merge(old->left, old->right);
            free(old);
            break;
        }
    return t;
}

static u32 find(const Tree *t, u32 key) {
    u32 depth = 1;
    for (; t && t->key != key; t = key < t->key ? t->left : t->right) depth++;
    return t ? depth : 0;
}

static Tree *full(int depth) {
    Tree *t = leaf((u32)depth);
    if (depth) t->left = full(depth - 1), t->right = full(depth - 1);
    return t;
}

static u32 clear(Tree *t) {
    if (!t) return 0;
    u32 n = 1 + clear(t->left) + clear(t->right);
    free(t);
    return n;
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 20); n > 0; n--) {
        Tree *t = NULL;
        for (int i = 0; i < 15000; i++) t = insert(t, rnd() & 0xffff);
        for (int i = 0; i < 30000; i++) sum += find(t, rnd() & 0xffff);
        for (int i = 0; i < 15000; i++) t = erase(t, rnd() & 0xffff);
        sum = mix(sum, clear(t));
        for (int i = 0; i < 12; i++) sum += clear(full(11));
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
