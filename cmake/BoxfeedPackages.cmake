# What find_package is told for each library that boxfeed is linked with, LibTorch apart. Read by the project and, once it
# is installed, by its package.
set(BOXFEED_PACKAGES
  "OpenCV COMPONENTS core imgproc imgcodecs" Threads JPEG TurboJPEG PNG TIFF WebP pugixml yaml-cpp)
