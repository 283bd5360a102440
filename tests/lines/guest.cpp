// guest.cpp - functions that are inlined, templates, and code that the linker leaves out.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

// Ubuntu's libc++ wants what throws, without having it. Nothing is thrown here.
extern "C" __attribute__((weak)) void *__cxa_allocate_exception(size_t) { std::abort(); }
extern "C" __attribute__((weak)) void __cxa_throw(void *, void *, void (*)(void *)) { std::abort(); }

inline int unused(int x) { return x * 3; }
int dead(int x) { return unused(x) + 1; }

struct Checked {
    std::vector<int> values;
    int at(size_t i) const { return *(values.size() > i ? &values[i] : nullptr); }
};

static inline int twice(const Checked &c, size_t i)
{
    return c.at(i) * 2;
}

int main(int argc, char **)
{
    Checked c;
    std::map<std::string, int> names;
    for (int i = 0; i < 100; i++) {
        c.values.push_back(i * 7 % 31);
        names[std::to_string(i)] = i;
    }
    std::sort(c.values.begin(), c.values.end(), [](int a, int b) { return a > b; });
    int sum = 0;
    for (const auto &entry : names)
        sum += entry.second;
    std::printf("%d\n", sum + twice(c, size_t(argc)));
}
