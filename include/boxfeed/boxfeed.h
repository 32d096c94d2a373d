#pragma once

/// All that a training program needs, in one header. Losses, metrics and drawing have headers of their own.

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/annotations/coco.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/annotations/group_by_image.h>
#include <boxfeed/annotations/layout_check.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/annotations/voc.h>
#include <boxfeed/annotations/yolo.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/core/random.h>
#include <boxfeed/core/version.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/data/distributed_sampler.h>
#include <boxfeed/data/random_sampler.h>
#include <boxfeed/data/sequential_sampler.h>
#include <boxfeed/loader/make_data_loader.h>
#include <boxfeed/transforms/affine.h>
#include <boxfeed/transforms/color_jitter.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/crop.h>
#include <boxfeed/transforms/degradation.h>
#include <boxfeed/transforms/flip.h>
#include <boxfeed/transforms/normalize.h>
#include <boxfeed/transforms/own_transform.h>
#include <boxfeed/transforms/pad.h>
#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/pipeline_json.h>
#include <boxfeed/transforms/presets.h>
#include <boxfeed/transforms/resizing.h>
#include <boxfeed/transforms/sanitize.h>
#include <boxfeed/transforms/tone.h>
