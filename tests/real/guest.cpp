// A C++ guest without exceptions: containers, strings, streams, algorithms, virtual calls, smart pointers.
#include <cstddef>
#include <cstdlib>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

/* Ubuntu's libc++ for wasm32 throws where its libc++abi cannot; nothing here does. */
extern "C" {
[[gnu::weak]] void *__cxa_allocate_exception(std::size_t) { std::abort(); }
[[gnu::weak]] void __cxa_throw(void *, void *, void (*)(void *)) { std::abort(); }
}

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
    virtual std::string name() const { return "shape"; }
};
struct Square : Shape {
    double side;
    explicit Square(double s) : side(s) {}
    double area() const override { return side * side; }
    std::string name() const override { return "square"; }
};
struct Circle : Shape {
    double r;
    explicit Circle(double x) : r(x) {}
    ~Circle() override { std::cout << "circle gone\n"; }
    double area() const override { return 3.25 * r * r; }
};

static struct Early {
    Early() { std::cout << "constructed before main\n"; }
    ~Early() { std::cout << "destroyed after main\n"; }
} early;

int main(int argc, char **argv) {
    std::vector<std::string> args(argv + 1, argv + argc);
    std::map<std::string, int> count;
    std::istringstream text("the quick fox and the lazy dog and the cat");
    for (std::string w; text >> w;) count[w]++;
    std::vector<std::pair<std::string, int>> words(count.begin(), count.end());
    std::stable_sort(words.begin(), words.end(), [](auto &a, auto &b) { return a.second > b.second; });
    for (auto &[w, n] : words) std::cout << w << '=' << n << ' ';
    std::cout << "\n" << args.size() << " args";
    for (auto &a : args) std::cout << " [" << a << ']';

    std::mt19937 twister(42);
    std::vector<unsigned> v(10000);
    std::generate(v.begin(), v.end(), std::ref(twister));
    std::sort(v.begin(), v.end(), std::greater<>());
    std::unordered_map<unsigned, unsigned> by_digit;
    for (auto x : v) by_digit[x % 10] += x;
    std::set<std::string> names;
    for (auto x : v) names.insert(std::to_string(x % 97));
    std::cout << "\n" << v.front() << ' ' << v.back() << ' ' << by_digit[7] << ' ' << names.size() << ' ' << *names.rbegin() << ' '
              << std::accumulate(v.begin(), v.end(), 0ull) << '\n';

    std::vector<std::unique_ptr<Shape>> shapes;
    shapes.push_back(std::make_unique<Square>(1.5));
    shapes.push_back(std::make_unique<Circle>(2));
    for (auto &s : shapes) std::cout << s->name() << ' ' << std::fixed << std::setprecision(4) << s->area() << '\n';
    shapes.clear();

    std::ostringstream numbers;
    for (int i = 0; i < 100; i++) numbers << std::setw(5) << i * i << (i % 10 == 9 ? '\n' : ' ');
    if (FILE *f = std::fopen("/data/numbers", "w")) { // Debian's libc++ for wasm32 has no <fstream>
        std::fputs(numbers.str().c_str(), f);
        std::fclose(f);
    }
    std::string back(numbers.str().size(), '?');
    if (FILE *f = std::fopen("/data/numbers", "r")) {
        back.resize(std::fread(&back[0], 1, back.size(), f));
        std::fclose(f);
    }
    std::istringstream in(back);
    long sum = 0;
    for (long n; in >> n;) sum += n;
    std::cout << std::hex << std::showbase << sum << std::dec << ' ' << std::boolalpha
              << in.eof() << ' ' << (std::remove("/data/numbers") == 0) << '\n';
    std::string line;
    std::getline(std::cin, line);
    std::reverse(line.begin(), line.end());
    std::cout << line << std::endl;
    std::cerr << "to stderr\n";
    return 7;
}
