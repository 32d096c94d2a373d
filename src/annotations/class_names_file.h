#pragma once

#include <string>
#include <vector>

namespace boxfeed {

/// The classes in the order of their ids that `classes.txt` (a name a line) or `data.yaml` (`names`, a list or a map
/// from ids) gives, in the folder `labels` or the nearest of the two above it; empty where there is no such file.
/// Throws: `AnnotationError` with `kSyntax` and the line; `Error` where a file cannot be read.
std::vector<std::string> find_class_names(const std::string& labels);

/// Whether a file of this name, without folders, holds the names of classes.
bool is_class_file(const std::string& name);

/// The lines of a text file without the blanks at their ends. Throws: `Error` where it cannot be read.
std::vector<std::string> lines_of(const std::string& path);

}  // namespace boxfeed
