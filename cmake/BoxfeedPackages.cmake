# What find_package is told for each library that boxfeed is linked with, LibTorch apart; and for those that one who links a
# shared boxfeed needs. Read by the project and, once it is installed, by its package.
set(BOXFEED_PACKAGES
  "OpenCV COMPONENTS core imgproc imgcodecs" Threads JPEG TurboJPEG PNG TIFF WebP ZLIB LibArchive Utf8proc pugixml yaml-cpp)
set(BOXFEED_SHARED_PACKAGES "OpenCV COMPONENTS core" Threads)
