#include "report/console.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "localization/terminal.h"
#include "support/catch.h"

using localization::Console;
using localization::Talk;
using terminal::shown_lines;
using terminal::written_by;

namespace {

/// Shows 400 states within at least 0.4 seconds, and then a line.
void count_to_400() {
  ::setenv("TERM", "xterm", 1);
  Console console;
  for (std::size_t i = 0; i <= 400; ++i) {
    console.progress("epoch  3/24", i, 400, {"loss 0.1234", "0:07 left", "123 images/s", "waiting 0 %"});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  console.line("the end");
}

}  // namespace

TEST_CASE("progress is one line, rewritten in place and gone at the end") {
  const auto start = std::chrono::steady_clock::now();
  const auto text = written_by(80, count_to_400);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const auto lines = shown_lines(text);
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(lines[0].rfind("epoch  3/24 0 % [", 0) == 0);
  CHECK_THAT(lines[0], Catch::Matchers::ContainsSubstring("]  loss 0.1234  0:07 left  123 images/s"));
  for (const auto& line : lines) CHECK(line.size() <= 79);
  CHECK(lines.size() > 4);
  CHECK(static_cast<double>(lines.size()) < 20 * seconds.count() + 4);
  CHECK(text.find("\r\033[Kthe end\r\n") != std::string::npos);
}

TEST_CASE("on a narrow terminal the most important thing is shown") {
  const auto lines = shown_lines(written_by(20, count_to_400));
  CHECK(lines[0] == "epoch  3/24 0 %");
  for (const auto& line : lines) CHECK(line.size() <= 19);
  CHECK(shown_lines(written_by(5, count_to_400))[0] == "the end");
}

TEST_CASE("a terminal that cannot rewrite a line gets lines alone") {
  const auto text = written_by(80, [] {
    ::setenv("TERM", "dumb", 1);
    Console console;
    console.progress("epoch", 1, 2);
    console.line(console.bold("the end"));
  });
  CHECK(text == "the end\r\n");
}

TEST_CASE("bold letters are for terminals, and for those who want them") {
  const auto bold = [](const char* no_color) {
    return written_by(80, [no_color] {
      ::setenv("TERM", "xterm", 1);
      ::setenv("NO_COLOR", no_color, 1);
      Console console;
      console.line(console.bold("best"));
    });
  };
  CHECK(bold("") == "\033[1mbest\033[0m\r\n");
  CHECK(bold("1") == "best\r\n");
}

TEST_CASE("for programs, every line is an object with the name of the event in front") {
  const auto text = written_by(80, [] {
    ::setenv("TERM", "xterm", 1);
    Console console(Talk::kJson);
    console.progress("epoch", 1, 2);
    console.line("a \"line\" of \xE4");
    console.say("epoch 1: 0.5", "epoch", {{"epoch", 1}, {"loss", 0.5}});
  });
  CHECK(text ==
        "{\"event\":\"message\",\"text\":\"a \\\"line\\\" of \xEF\xBF\xBD\"}\r\n"
        "{\"event\":\"epoch\",\"epoch\":1,\"loss\":0.5}\r\n");
}

TEST_CASE("a quiet console says nothing") {
  CHECK(written_by(80, [] {
          ::setenv("TERM", "xterm", 1);
          Console console(Talk::kQuiet);
          console.progress("epoch", 1, 2);
          console.line("hello");
        }).empty());
}

TEST_CASE("times as a clock shows them") {
  CHECK(localization::clock_text(7.4) == "0:07");
  CHECK(localization::clock_text(59.6) == "1:00");
  CHECK(localization::clock_text(3599) == "59:59");
  CHECK(localization::clock_text(3723) == "1:02:03");
  CHECK(localization::clock_text(-1) == "0:00");
}
