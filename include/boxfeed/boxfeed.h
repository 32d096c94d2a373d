#pragma once

/// All of boxfeed: one header for those who do not mind what it includes.

#include <boxfeed/annotations/split.h>
#include <boxfeed/core/box.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/core/random.h>
#include <boxfeed/data/csv_dataset.h>
