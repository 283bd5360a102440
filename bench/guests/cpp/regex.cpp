// std::regex and string streams: templates, shared pointers, locales.
#include <regex>
#include <sstream>
#include <string>

extern "C" {
#include "../guest.h"
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 60); n > 0; n--) {
        std::ostringstream out;
        for (int i = 0; i < 40; i++)
            out << "host" << rnd() % 9 << " - [" << rnd() % 28 + 1 << "/Jan/2024] \"GET /page" << rnd() % 50 << ".html\" " << (rnd() % 4 ? 200 : 404) << ' '
                << rnd() % 5000 << '\n';
        std::string text = out.str();
        std::regex line(R"re((\w+) - \[(\d+)/(\w+)/\d{4}\] "(GET|POST) ([^"]*)" (\d+) (\d+))re"), page("page([0-9]+)\\.html?");
        for (std::sregex_iterator i(text.begin(), text.end(), line), end; i != end; ++i) {
            std::istringstream in((*i)[7].str());
            unsigned bytes = 0;
            in >> bytes;
            sum = mix(sum, bytes + u32((*i)[5].length()));
        }
        std::string other = std::regex_replace(text, page, "p/$1");
        sum = mix(sum, u32(other.size()));
    }
    printf("%08x\n", unsigned(sum));
}
