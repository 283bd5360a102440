// A C++ guest with exceptions: matching, rethrowing, nesting, destructors on the way, deep stacks, and what goes through virtual and library calls.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

struct Guard {
    static int alive;
    Guard() { alive++; }
    ~Guard() { alive--; }
};
int Guard::alive = 0;

struct Refused : std::runtime_error {
    int code;
    Refused(int c) : std::runtime_error("refused " + std::to_string(c)), code(c) {}
};

[[gnu::noinline]] static int deep(int n) {
    Guard guard;
    if (n == 0) throw Refused(5);
    return 1 + deep(n - 1);
}

static std::string kind(const std::function<void()> &f) {
    try {
        f();
    } catch (const Refused &e) {
        return std::string(e.what()) + " " + std::to_string(e.code);
    } catch (const std::exception &e) {
        return dynamic_cast<const std::out_of_range *>(&e) ? "out of range" : e.what();
    } catch (int n) {
        return "int " + std::to_string(n);
    } catch (...) {
        return "something";
    }
    return "nothing";
}

int main(int argc, char **argv) {
    std::printf("%s, alive %d\n", kind([] { deep(1000); }).c_str(), Guard::alive);
    std::printf("%s, %s, %s, %s\n", kind([] { throw 7; }).c_str(), kind([] { throw "text"; }).c_str(), kind([] {}).c_str(),
                kind([] { std::vector<int>(3).at(5); }).c_str());
    std::printf("%s\n", kind([] {
        try {
            throw std::logic_error("inside");
        } catch (std::exception &) {
            throw;
        }
    }).c_str());
    try {
        try {
            deep(3);
        } catch (...) {
            std::throw_with_nested(std::runtime_error("outer"));
        }
    } catch (std::runtime_error &e) {
        std::printf("%s around %s\n", e.what(), kind([&] { std::rethrow_if_nested(e); }).c_str());
    }
    long long sum = 0;
    for (int i = 0; i < 100000; i++) {
        try {
            auto owned = std::make_unique<Guard>();
            if (i % 3) throw i;
            sum++;
        } catch (int n) {
            sum += n;
        }
    }
    std::vector<int> v(100, 1);
    std::printf("%lld, alive %d, %s\n", sum, Guard::alive, kind([&] { std::for_each(v.begin(), v.end(), [](int) { throw 9; }); }).c_str());
    if (argc > 1) throw Refused(8);
    return 3;
}
