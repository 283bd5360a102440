// C++ with its standard library: maps, hash maps, vectors of strings, sorting with lambdas, smart pointers, virtual calls.
#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

extern "C" {
#include "../guest.h"
}

struct Node {
    virtual ~Node() = default;
    virtual long eval(long x) const = 0;
};
struct Constant : Node {
    long value;
    explicit Constant(long v) : value(v) {}
    long eval(long) const override { return value; }
};
struct Variable : Node {
    long eval(long x) const override { return x; }
};
template <class Op> struct Binary : Node {
    std::unique_ptr<Node> a, b;
    Binary(std::unique_ptr<Node> l, std::unique_ptr<Node> r) : a(std::move(l)), b(std::move(r)) {}
    long eval(long x) const override { return Op()(a->eval(x), b->eval(x)) & 0xffff; }
};

static std::unique_ptr<Node> expression(int depth) {
    if (depth == 0) return rnd() % 2 ? std::unique_ptr<Node>(new Variable) : std::make_unique<Constant>(long(rnd() % 100));
    auto a = expression(depth - 1), b = expression(depth - 1);
    switch (rnd() % 3) {
    case 0: return std::make_unique<Binary<std::plus<long>>>(std::move(a), std::move(b));
    case 1: return std::make_unique<Binary<std::multiplies<long>>>(std::move(a), std::move(b));
    default: return std::make_unique<Binary<std::bit_xor<long>>>(std::move(a), std::move(b));
    }
}

static std::vector<int> distances(int nodes) {
    std::vector<std::vector<std::pair<int, int>>> edges(static_cast<size_t>(nodes));
    for (int i = 0; i < nodes * 4; i++) edges[rnd() % unsigned(nodes)].emplace_back(int(rnd() % unsigned(nodes)), int(rnd() % 50 + 1));
    std::vector<int> best(size_t(nodes), 1 << 20);
    std::priority_queue<std::pair<int, int>, std::vector<std::pair<int, int>>, std::greater<>> queue;
    queue.emplace(best[0] = 0, 0);
    while (!queue.empty()) {
        auto [d, n] = queue.top();
        queue.pop();
        if (d > best[size_t(n)]) continue;
        for (auto [to, w] : edges[size_t(n)])
            if (d + w < best[size_t(to)]) queue.emplace(best[size_t(to)] = d + w, to);
    }
    return best;
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 50); n > 0; n--) {
        std::map<std::string, int> sorted;
        std::unordered_map<std::string, std::vector<int>> hashed;
        for (int i = 0; i < 3000; i++) {
            std::string key = "key-" + std::to_string(rnd() % 700);
            sorted[key] += i;
            hashed[key].push_back(i);
        }
        for (auto &[key, value] : sorted) sum = mix(sum, u32(value) + u32(hashed[key].size()));
        std::vector<std::string> names;
        for (auto &[key, list] : hashed) names.push_back(key.substr(4) + ":" + std::to_string(std::accumulate(list.begin(), list.end(), 0)));
        std::sort(names.begin(), names.end(), [](auto &a, auto &b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
        for (auto &s : names) sum = mix(sum, u32(s.size()) * u32(s[0]));
        auto tree = expression(9);
        for (long x = 0; x < 60; x++) sum = mix(sum, u32(tree->eval(x)));
        for (int d : distances(500)) sum = mix(sum, u32(d));
    }
    printf("%08x\n", unsigned(sum));
}
