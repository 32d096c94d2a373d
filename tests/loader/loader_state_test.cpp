#include "loader/loader_state.h"

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include "loader/fake_loader.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using Catch::Matchers::ContainsSubstring;
using Loader = FakeLoader;

TEST_CASE("state: exact at every step, with another number of workers too, and equal after it was loaded") {
  for (const std::size_t workers : {0, 1, 3}) {
    auto config = numbers(23, 4);
    for (std::size_t step = 0; step <= 13; ++step) {
      Loader first(config, full_options(workers));
      auto iteration = first.core->begin();
      std::uint64_t epoch = 0;
      std::size_t batch = 0;
      for (std::size_t i = 0; i < step; ++i) {
        if (first.core->next(iteration)) {
          ++batch;
        } else {
          iteration = first.core->begin();
          ++epoch;
          batch = 0;
        }
      }
      if (batch == 6) {  // after the last batch of an epoch comes the next one
        ++epoch;
        batch = 0;
      }
      const std::string state = first.core->state();
      CHECK(state.size() < 1024);
      Loader second(config, full_options(3 - workers, 1 + step % 4));
      if (step % 2 == 0) second.core->next(second.core->begin());  // a used one
      if (step % 3 == 0) second.core->load_state(state);           // twice
      second.core->load_state(state);
      CHECK(second.core->state() == state);
      CHECK(second.epoch() == first.expected(epoch, batch));
      CHECK(second.epoch() == first.expected(epoch + 1));
    }
  }
}

TEST_CASE("state after the end of an epoch, after leaving one, after set_epoch, and before anything") {
  Loader loader(numbers(6, 2), full_options(2));
  const auto at = [&] {
    const std::string state = loader.core->state();
    return state.substr(0, state.find(",\"failed"));
  };
  CHECK(at() == R"({"format":1,"epoch":0,"batch":0)");
  auto iteration = loader.core->begin();
  CHECK(at() == R"({"format":1,"epoch":0,"batch":0)");
  for (int i = 0; i < 3; ++i) loader.core->next(iteration);
  CHECK(at() == R"({"format":1,"epoch":1,"batch":0)");  // nothing is left of epoch 0
  loader.core->next(iteration);
  CHECK(at() == R"({"format":1,"epoch":1,"batch":0)");
  iteration = loader.core->begin();
  loader.core->next(iteration);
  loader.core->set_epoch(5);
  CHECK(at() == R"({"format":1,"epoch":1,"batch":1)");  // still under way
  loader.core->abandon(iteration);
  CHECK(at() == R"({"format":1,"epoch":5,"batch":0)");
}

TEST_CASE("a state taken in the last step of an epoch goes on with the next one") {
  for (const std::size_t workers : {0, 2}) {
    Loader loader(numbers(6, 2), full_options(workers));
    const auto iteration = loader.core->begin();
    for (int i = 0; i < 3; ++i) loader.core->next(iteration);
    const std::string state = loader.core->state();
    Loader resumed(numbers(6, 2), full_options(workers));
    resumed.core->load_state(state);
    CHECK(resumed.core->epoch() == 1);
    CHECK(resumed.core->state() == state);
    CHECK(resumed.epoch() == resumed.expected(1));
    // As such a state was written before: all batches of epoch 0.
    const std::string position = R"("epoch":1,"batch":0)";
    std::string old = state;
    old.replace(old.find(position), position.size(), R"("epoch":0,"batch":3)");
    resumed.core->load_state(old);
    CHECK(resumed.core->state() == state);
    CHECK(resumed.epoch() == resumed.expected(1));
  }
}

TEST_CASE("an epoch of no batches is an epoch all the same") {
  auto config = numbers(2, 3);
  config.drop_last = true;
  Loader loader(config, full_options(1));
  CHECK_THAT(loader.core->state(), ContainsSubstring("\"epoch\":0,\"batch\":0"));
  loader.core->load_state(loader.core->state());
  CHECK(loader.core->epoch() == 0);
  CHECK(loader.epoch().empty());
  CHECK_THAT(loader.core->state(), ContainsSubstring("\"epoch\":1,\"batch\":0"));
}

TEST_CASE("the failures of an epoch are part of the state, so that a budget holds over a resume") {
  auto config = numbers(6, 2);
  config.work = [&](std::size_t index) {
    if (index % 2 == 0) throw std::runtime_error("even");
  };
  auto options = full_options(1);
  options.error_policy = ErrorPolicy::kSkip;
  options.max_errors = 2;
  Loader first(config, options);
  const auto iteration = first.core->begin();
  std::string state;
  try {
    for (;;) {
      first.core->next(iteration);
      state = first.core->state();
    }
  } catch (const Error&) {
  }
  Loader second(config, options);
  second.core->load_state(state);
  CHECK(error_of([&] { second.epoch(); }).reason() == Reason::kErrorBudget);
}

TEST_CASE("a state of something else is refused, with what differs") {
  Loader loader(numbers(10, 2), full_options(1));
  const std::string state = loader.core->state();
  const auto refusal = [&](const Loader& other, const std::string& text) {
    return error_of([&] { other.core->load_state(text); });
  };
  Loader other_batch(numbers(10, 5), full_options(1));
  CHECK(refusal(other_batch, state).reason() == Reason::kBadState);
  CHECK_THAT(refusal(other_batch, state).what(),
             ContainsSubstring(R"(batch_size: the state has "2", this loader "5")"));
  Loader other_data(numbers(11, 2), full_options(1));
  CHECK(refusal(other_data, state).reason() == Reason::kDatasetChanged);

  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string text = state;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  CHECK(refusal(loader, "").reason() == Reason::kBadState);
  CHECK(refusal(loader, "[]").reason() == Reason::kBadState);
  CHECK(refusal(loader, state.substr(0, state.size() - 1)).reason() == Reason::kBadState);
  CHECK(refusal(loader, std::string(100000, ' ')).reason() == Reason::kBadState);
  CHECK(refusal(loader, std::string(4000, '[')).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":-1")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":1.5")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":NaN")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":1e99")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":6")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0,", "")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"loader\"", "\"louder\"")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"2\"", "2")).reason() == Reason::kBadState);
  CHECK(refusal(loader, R"({"format":1,"epoch":0,"batch":0,"failed":0,"offset":0,"loader":3})").reason() ==
        Reason::kBadState);
  CHECK(refusal(loader, edited("\"dataset\":\"10\"", "\"more\":\"10\"")).reason() == Reason::kDatasetChanged);
  CHECK(refusal(loader, edited("\"format\":1", "\"format\":2")).reason() == Reason::kFormatVersion);
  CHECK_NOTHROW(loader.core->load_state(edited("\"batch\":0", "\"batch\":5")));
}

TEST_CASE("another number of examples is another dataset, whatever else differs") {
  const auto difference = [](const detail::Identity& saved, const detail::Identity& present) {
    return error_of([&] { detail::in_steps_of(present, {0, 0, 0, 0, saved}); }).reason();
  };
  CHECK(difference({{"examples", "10"}}, {{"examples", "11"}}) == Reason::kDatasetChanged);
  CHECK(difference({{"examples", "10"}, {"seed", "1"}}, {{"examples", "11"}, {"seed", "2"}}) ==
        Reason::kDatasetChanged);
  CHECK(difference({{"seed", "1"}}, {{"seed", "2"}}) == Reason::kBadState);
}

TEST_CASE("a long value stands in a state as its beginning and its checksum, and is still told from others") {
  const auto value_of = [](const std::string& value) {
    return detail::state_from_json(detail::to_json({0, 0, 0, 0, {{"sampler", value}}})).identity.at(0).second;
  };
  const std::string whole = "ends" + std::string(55, '.') + "!";  // 60 bytes
  CHECK(value_of(whole) == whole);
  const std::string cut = value_of(whole + "?");
  CHECK(cut.size() == 60);
  CHECK(cut.substr(0, 44) == "ends" + std::string(39, '.') + " ");
  CHECK(cut.find_first_not_of("0123456789abcdef", 44) == std::string::npos);
  CHECK(value_of(whole + "?") == cut);
  CHECK(value_of(whole + "!").substr(0, 44) == cut.substr(0, 44));
  CHECK(value_of(whole + "!") != cut);
}

TEST_CASE("for another number of ranks, batches become examples that are left out, as many as can be counted") {
  const auto in_steps = [](std::uint64_t batch, std::uint64_t offset) {
    return detail::in_steps_of({{"num_replicas", "3"}}, {0, batch, 0, offset, {{"num_replicas", "2"}}});
  };
  CHECK(in_steps(3, 1).batch == 0);
  CHECK(in_steps(3, 1).offset == 7);
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  CHECK(in_steps(kMost / 2, 1).offset == kMost);
  CHECK(error_of([&] { in_steps(kMost / 2, 2); }).reason() == Reason::kBadState);
}

TEST_CASE("a state may have 4096 bytes") {
  const std::string state = R"({"format":1,"epoch":3,"batch":0,"failed":0,"offset":0,"loader":{}})";
  CHECK(detail::state_from_json(state + std::string(4096 - state.size(), ' ')).epoch == 3);
  CHECK_THAT(error_of([&] { detail::state_from_json(state + std::string(4097 - state.size(), ' ')); }).what(),
             ContainsSubstring("expected at most 4096 bytes, found 4097"));
}

TEST_CASE("without order there is no state") {
  auto options = full_options(2);
  options.enforce_ordering = false;
  Loader loader(numbers(4, 2), options);
  CHECK(error_of([&] { loader.core->state(); }).reason() == Reason::kUnsupported);
  options.workers = 1;  // whose batches come in order
  Loader alone(numbers(4, 2), options);
  alone.core->next(alone.core->begin());
  CHECK_THAT(alone.core->state(), ContainsSubstring("\"batch\":1"));
}
