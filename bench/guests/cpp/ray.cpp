// A small ray tracer: vectors of doubles passed by value, virtual intersection tests, recursion for reflections.
#include <cmath>
#include <memory>
#include <vector>

extern "C" {
#include "../guest.h"
}

struct V {
    double x, y, z;
    V operator+(V o) const { return {x + o.x, y + o.y, z + o.z}; }
    V operator-(V o) const { return {x - o.x, y - o.y, z - o.z}; }
    V operator*(double s) const { return {x * s, y * s, z * s}; }
    double dot(V o) const { return x * o.x + y * o.y + z * o.z; }
    V unit() const { return *this * (1 / std::sqrt(dot(*this))); }
};
struct Ray { V from, to; };

struct Thing {
    V colour;
    double mirror;
    Thing(V c, double m) : colour(c), mirror(m) {}
    virtual ~Thing() = default;
    virtual double hit(const Ray &r) const = 0;  // the distance, or a negative number
    virtual V normal(V at) const = 0;
};
struct Sphere : Thing {
    V middle;
    double radius;
    Sphere(V m, double r, V c, double mir) : Thing(c, mir), middle(m), radius(r) {}
    double hit(const Ray &r) const override {
        V d = r.from - middle;
        double b = d.dot(r.to), q = b * b - d.dot(d) + radius * radius;
        if (q < 0) return -1;
        double s = std::sqrt(q);
        return -b - s > 1e-6 ? -b - s : -b + s > 1e-6 ? -b + s : -1;
    }
    V normal(V at) const override { return (at - middle).unit(); }
};
struct Floor : Thing {
    Floor() : Thing({0.8, 0.8, 0.7}, 0.2) {}
    double hit(const Ray &r) const override { return r.to.y < -1e-6 ? (-1 - r.from.y) / r.to.y : -1; }
    V normal(V) const override { return {0, 1, 0}; }
};

static std::vector<std::unique_ptr<Thing>> world;

static const Thing *nearest(const Ray &r, double &distance) {
    const Thing *found = nullptr;
    distance = 1e9;
    for (auto &t : world) {
        double d = t->hit(r);
        if (d > 1e-6 && d < distance) distance = d, found = t.get();
    }
    return found;
}

static V trace(const Ray &r, int depth) {
    double d;
    const Thing *t = nearest(r, d);
    if (!t) return V{0.4, 0.6, 0.9} * (0.5 + 0.5 * r.to.y);
    V at = r.from + r.to * d, n = t->normal(at), light = (V{5, 8, -4} - at).unit();
    double shadow, lit = nearest({at, light}, shadow) ? 0.1 : std::fmax(0.1, n.dot(light));
    V own = t->colour * lit;
    if (depth == 0 || t->mirror == 0) return own;
    return own * (1 - t->mirror) + trace({at, r.to - n * (2 * n.dot(r.to))}, depth - 1) * t->mirror;
}

int main(int argc, char **argv) {
    world.emplace_back(new Floor);
    for (int i = 0; i < 7; i++)
        world.emplace_back(new Sphere({i * 0.9 - 2.7, (i % 3) * 0.7 - 0.4, 3.0 + i % 2}, 0.5, {0.2 + i * 0.1, 0.9 - i * 0.1, 0.5}, i % 2 * 0.5));
    u32 sum = 0;
    for (int frame = rounds(argc, argv, 110); frame > 0; frame--)
        for (int y = 0; y < 48; y++)
            for (int x = 0; x < 64; x++) {
                V c = trace({{frame * 0.1, 0.3, -3}, V{(x - 32) / 40.0, (24 - y) / 40.0, 1}.unit()}, 3);
                sum = mix(sum, u32(c.x * 255) << 16 | u32(c.y * 255) << 8 | u32(c.z * 255));
            }
    printf("%08x\n", unsigned(sum));
}
