#include <stdexcept>

#include "distributed/members.h"

namespace localization {

std::shared_ptr<Members> join(const World& /*world*/, std::chrono::milliseconds /*timeout*/) {
  throw std::invalid_argument(
      "this localize was built without Gloo (its headers are in Debian's libgloo-dev), and trains alone");
}

}  // namespace localization
