#pragma once

namespace boxfeed {

/// A point of an object in the plane of an image.
struct Keypoint {
  float x = 0;
  float y = 0;
  /// As in COCO: 0 is not labeled, 1 labeled but hidden, 2 visible.
  float visibility = 2;

  /// Whether there is no such point: visibility 0 at (-1, -1), or at (0, 0) as COCO writes it. No map moves it.
  bool is_missing() const { return visibility == 0 && x == y && (x == -1 || x == 0); }

  friend bool operator==(const Keypoint& a, const Keypoint& b) {
    return a.x == b.x && a.y == b.y && a.visibility == b.visibility;
  }
  friend bool operator!=(const Keypoint& a, const Keypoint& b) { return !(a == b); }
};

}  // namespace boxfeed
