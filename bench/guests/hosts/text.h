/* Test data for compressors and parsers: text with the repetitions of prose and of logs. */
static void make_text(char *out, int size) {
    static const char *word[] = {"the", "engine", "memory", "of", "runs", "a", "module", "instance", "is", "fast", "table", "and", "error", "at", "offset", "value"};
    int n = 0;
    while (n < size - 40)
        if (rnd() % 12 == 0) n += snprintf(out + n, 40, "[%05u] %08x: ", rnd() % 100000, rnd());
        else n += snprintf(out + n, 40, rnd() % 15 ? "%s " : "%s.\n", word[(rnd() & rnd()) % 16]);
    memset(out + n, '\n', (size_t)(size - n));
}
