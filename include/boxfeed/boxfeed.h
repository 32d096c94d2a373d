#pragma once

/// All that a training program needs, in one header. Losses, metrics and drawing have headers of their own.

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/annotations/coco.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/annotations/layout_check.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/annotations/voc.h>
#include <boxfeed/annotations/yolo.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/core/random.h>
#include <boxfeed/core/version.h>
#include <boxfeed/data/concat_dataset.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/data/row_batch_builder.h>
#include <boxfeed/data/samplers.h>
#include <boxfeed/data/weighted_samplers.h>
#include <boxfeed/loader/make_data_loader.h>
#include <boxfeed/transforms/boxes.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/transform.h>
