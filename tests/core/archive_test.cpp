#include "core/archive.h"

#include <boxfeed/core/file.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/file_support.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using boxfeed::Archive;
using boxfeed::Folder;
using boxfeed::testing::bytes_of;
using boxfeed::testing::content;
using boxfeed::testing::FailingCalls;
using boxfeed::testing::kLimit;
using boxfeed::testing::outcome;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;

/// Runs a command of the shell in a folder.
void run(const TemporaryFolder& folder, const std::string& command) {
  REQUIRE(std::system(("cd '" + folder.path().string() + "' && " + command).c_str()) == 0);
}

/// Writes zips with Python's own module: of files' names and contents, deflated or stored.
void make_zip(const TemporaryFolder& folder, const std::string& name, const std::string& body) {
  folder.write("make.py",
               "import zipfile, struct\nz = zipfile.ZipFile('" + name + "', 'w')\n" + body + "\nz.close()\n");
  run(folder, "python3 make.py");
}

std::string read(const Folder& folder, const std::string& name) { return content(folder.open(name)); }

std::string refusal(const std::string& path) {
  return outcome([&] { const Folder folder(path); });
}

const std::string kDeflated = "z.writestr('a.txt', b'alpha' * 100, zipfile.ZIP_DEFLATED)\n";

}  // namespace

TEST_CASE("files of every dialect of tar are read where they are") {
  const TemporaryFolder folder;
  const std::string long_name = std::string(150, 'd') + "/" + std::string(120, 'f') + ".txt";
  fs::create_directories(folder.path() / "set" / std::string(150, 'd'));
  folder.write("set/a.txt", "alpha");
  folder.write("set/empty", "");
  folder.write("set/big", std::string(100000, 'x') + "end");
  folder.write("set/" + long_name, "long");
  folder.write("set/\xC3\xA4.txt", "umlaut");
  for (const std::string format : {"ustar", "pax", "gnu", "oldgnu", "v7"}) {
    CAPTURE(format);
    const bool is_old = format == "ustar" || format == "v7";  // which have no room for the long name
    run(folder, "tar --format=" + format + (is_old ? " --exclude='ddd*'" : "") + " -cf t.tar -C set .");
    const Folder tar(folder / "t.tar");
    CHECK(read(tar, "a.txt") == "alpha");
    CHECK(read(tar, "./x/../a.txt") == "alpha");
    CHECK(read(tar, "big") == std::string(100000, 'x') + "end");
    CHECK(read(tar, "\xC3\xA4.txt") == "umlaut");
    if (!is_old) CHECK(read(tar, long_name) == "long");
    CHECK(outcome([&] { read(tar, "empty"); }) == "empty_file");
    CHECK(outcome([&] { read(tar, "b.txt"); }) == "not_found");
  }
}

TEST_CASE("files of a zip are read where they are, stored and deflated") {
  const TemporaryFolder folder;
  make_zip(folder, "z.zip",
           kDeflated +
               "z.writestr('sub/b.txt', b'beta')\nz.writestr('none', b'')\nz.comment = b'PK\\5\\6 in a comment'\n"
               "import random; random.seed(1)\nz.writestr('c', bytes(random.choices(range(256), k=200000)), "
               "zipfile.ZIP_DEFLATED)\n"
               "with z.open('large', 'w', force_zip64=True) as f: f.write(b'gamma')\n");
  const Folder zip(folder / "z.zip");
  std::string alpha;
  for (int i = 0; i < 100; ++i) alpha += "alpha";
  CHECK(read(zip, "a.txt") == alpha);
  CHECK(read(zip, "sub/b.txt") == "beta");
  CHECK(read(zip, "large") == "gamma");
  CHECK(read(zip, "c").size() == 200000);
  CHECK(outcome([&] { read(zip, "none"); }) == "empty_file");
  CHECK_THROWS_WITH(read(zip, "x.txt"),
                    "cannot open \"" + (folder / "z.zip") + "/x.txt\": No such file or directory in the archive");
  auto file = zip.open("a.txt");
  CHECK(file.size() == 500);
  char part[8];
  CHECK(file.read(part, 7) == 7);
  CHECK(std::string(part, 7) == "alphaal");
  CHECK(file.read(part, 3) == 3);
  CHECK(std::string(part, 3) == "pha");
}

TEST_CASE("a zip behind a program, and one with lists of 64 bits") {
  const TemporaryFolder folder;
  make_zip(folder, "z.zip", kDeflated);
  folder.write("front.zip", std::string(1000, '#') + bytes_of(folder / "z.zip"));
  CHECK(refusal(folder / "front.zip") == "unsupported");  // its beginning is no zip's
  folder.write("pk.zip", "PK\3\4" + std::string(1000, '#') + bytes_of(folder / "z.zip"));
  CHECK(read(Folder(folder / "pk.zip"), "a.txt").size() == 500);
  make_zip(folder, "many.zip", "for i in range(70000): z.writestr(str(i), str(i))");
  const Folder many(folder / "many.zip");
  CHECK(read(many, "0") == "0");
  CHECK(read(many, "69999") == "69999");
  // Numbers of 64 bits that stand behind another field.
  make_zip(
      folder, "fields.zip",
      "zipfile.ZIP64_LIMIT = 1\ni = zipfile.ZipInfo('a.txt')\ni.extra = struct.pack('<HH16s', 0x5455, 16, b'other')\n"
      "z.writestr(i, b'alpha')");
  std::string fields = bytes_of(folder / "fields.zip");
  const std::string wide("\1\0\x10\0", 4), other("UT\x10\0", 4);
  const auto at = fields.rfind(wide);
  REQUIRE(fields.substr(at + 20, 4) == other);
  fields = fields.substr(0, at) + fields.substr(at + 20, 20) + fields.substr(at, 20) + fields.substr(at + 40);
  folder.write("fields.zip", fields);
  CHECK(read(Folder(folder / "fields.zip"), "a.txt") == "alpha");
}

TEST_CASE("one folder around all files of an archive is seen through") {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "set/images");
  folder.write("set/images/a.txt", "alpha");
  folder.write("set/b.txt", "beta");
  run(folder, "tar -cf t.tar set");
  const Folder tar(folder / "t.tar");
  CHECK(read(tar, "images/a.txt") == "alpha");
  CHECK(read(tar, "set/images/a.txt") == "alpha");
  CHECK(Archive(folder / "t.tar").names() == std::vector<std::string>{"b.txt", "images/a.txt"});
  run(folder, "tar -cf two.tar set make 2> /dev/null || (echo x > make; tar -cf two.tar set make)");
  CHECK(outcome([&] { read(Folder(folder / "two.tar"), "b.txt"); }) == "not_found");
  CHECK(read(Folder(folder / "two.tar"), "set/b.txt") == "beta");
}

TEST_CASE("links in a tar lead to its files and nowhere else") {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "set/sub");
  folder.write("set/a.txt", "alpha");
  run(folder,
      "cd set && echo first > 0.txt && ln a.txt hard && ln -s a.txt soft && ln -s ../soft sub/chain && "
      "ln -s /etc/passwd out && ln -s ../../etc/passwd above && ln -s loop loop && ln -s gone dangling");
  run(folder, "tar -cf t.tar -C set 0.txt a.txt hard soft sub out above loop dangling");
  const Folder tar(folder / "t.tar");
  for (const auto* name : {"hard", "soft", "sub/chain"}) CHECK(read(tar, name) == "alpha");
  for (const auto* name : {"out", "above", "loop", "dangling"}) {
    CAPTURE(name);
    CHECK_FALSE(tar.stamp(name));
    CHECK(outcome([&] { read(tar, name); }) == "not_found");
  }
}

TEST_CASE("nothing leads out of an archive") {
  const TemporaryFolder folder;
  folder.write("secret", "secret");
  make_zip(folder, "z.zip",
           "z.writestr('../secret2', b'x')\nz.writestr('/etc/secret3', b'absolute')\nz.writestr('b', b'b')");
  const Folder zip(folder / "z.zip");
  CHECK(outcome([&] { read(zip, "../secret"); }) == "path_escape");
  CHECK(outcome([&] { read(zip, "/etc/passwd"); }) == "path_escape");
  CHECK(outcome([&] { read(zip, "b/../../secret"); }) == "path_escape");
  CHECK(outcome([&] { read(zip, "secret2"); }) == "not_found");
  CHECK(read(zip, "etc/secret3") == "absolute");
}

TEST_CASE("of files with one name the last is meant, as when the archive is unpacked") {
  const TemporaryFolder folder;
  folder.write("a.txt", "old");
  run(folder, "tar -cf t.tar a.txt && printf new > a.txt && tar -rf t.tar a.txt");
  CHECK(read(Folder(folder / "t.tar"), "a.txt") == "new");
}

TEST_CASE("what cannot be read in any place is refused with what to do") {
  const TemporaryFolder folder;
  folder.write("a.txt", "alpha");
  run(folder, "tar -czf t.tar.gz a.txt");
  CHECK_THROWS_WITH(Folder(folder / "t.tar.gz"), ContainsSubstring("unpack it once (gunzip"));
  CHECK_THROWS_WITH(Folder(folder / "a.txt"),
                    ContainsSubstring("expected a folder, a .tar or a .zip, got another file"));
  make_zip(folder, "bz.zip", "z.writestr('a', b'alpha', zipfile.ZIP_BZIP2)");
  CHECK_THROWS_WITH(read(Folder(folder / "bz.zip"), "a"), ContainsSubstring("stored or deflated"));
  make_zip(folder, "z.zip", kDeflated);
  std::string bytes = bytes_of(folder / "z.zip");
  bytes[bytes.find("PK\1\2") + 8] |= 1;
  folder.write("secret.zip", bytes);
  CHECK_THROWS_WITH(read(Folder(folder / "secret.zip"), "a.txt"), ContainsSubstring("not encrypted"));
}

TEST_CASE("an archive that is cut off names the file, or itself") {
  const TemporaryFolder folder;
  folder.write("a.txt", std::string(5000, 'a'));
  folder.write("b.txt", std::string(5000, 'b'));
  run(folder, "tar -cf t.tar a.txt b.txt");
  const std::string tar = bytes_of(folder / "t.tar");
  folder.write("cut.tar", tar.substr(0, 8000));
  CHECK_THROWS_WITH(Folder(folder / "cut.tar"), ContainsSubstring("expected 5000 bytes of \"b.txt\""));
  CHECK(refusal(folder / "cut.tar") == "truncated");
  make_zip(folder, "z.zip", kDeflated);
  const std::string zip = bytes_of(folder / "z.zip");
  for (std::size_t size = 4; size < zip.size(); ++size) {
    folder.write("cut.zip", zip.substr(0, size));
    CHECK(refusal(folder / "cut.zip") == "truncated");
  }
  // A file of it that ends before its last deflated byte.
  const auto listed = zip.find("PK\1\2");
  std::string less = zip;
  less[listed + 20] = static_cast<char>(less[listed + 20] - 3);
  folder.write("less.zip", less);
  CHECK_THROWS_WITH(read(Folder(folder / "less.zip"), "a.txt"),
                    ContainsSubstring("expected more deflated bytes, got their end"));
}

TEST_CASE("a flipped bit of a zip is an error or changes nothing") {
  const TemporaryFolder folder;
  make_zip(folder, "z.zip", kDeflated + "z.writestr('b', b'some bytes that are stored')");
  const std::string zip = bytes_of(folder / "z.zip");
  const std::string a = read(Folder(folder / "z.zip"), "a.txt"), b = read(Folder(folder / "z.zip"), "b");
  for (std::size_t i = 0; i < 8 * zip.size(); ++i) {
    std::string bytes = zip;
    bytes[i / 8] = static_cast<char>(bytes[i / 8] ^ 1 << i % 8);
    folder.write("flipped.zip", bytes);
    for (const auto& [name, text] : {std::pair("a.txt", a), {"b", b}}) {
      std::string got = text;
      try {
        got = read(Folder(folder / "flipped.zip"), name);
      } catch (const boxfeed::Error&) {
      }
      if (got != text) FAIL_CHECK("bit " << i << " of " << name);
    }
  }
}

TEST_CASE("a bomb is refused before it is unpacked, and what unpacks to more than it says is an error") {
  const TemporaryFolder folder;
  make_zip(folder, "z.zip", "z.writestr('bomb', bytes(50_000_000), zipfile.ZIP_DEFLATED)");
  std::vector<std::uint8_t> bytes;
  CHECK_THROWS_WITH(Folder(folder / "z.zip").read("bomb", bytes, kLimit),
                    ContainsSubstring("expected at most 1048576 bytes, got 50000000"));
  CHECK(bytes.capacity() < 2 * kLimit);
  std::string zip = bytes_of(folder / "z.zip");
  const auto list = zip.find("PK\1\2");
  for (int i = 0; i < 4; ++i) zip[list + 24 + static_cast<std::size_t>(i)] = i == 0 ? 100 : 0;
  folder.write("liar.zip", zip);
  CHECK(outcome([&] { Folder(folder / "liar.zip").read("bomb", bytes, kLimit); }) == "corrupt");
}

TEST_CASE("a large tar's list is kept beside it, and never believed when it is not of this tar") {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "set");
  for (int i = 0; i < 1200; ++i) folder.write("set/" + std::to_string(i), std::to_string(i));
  run(folder, "tar -cf t.tar set");
  const std::string list = folder / "t.tar.index";
  CHECK(read(Folder(folder / "t.tar"), "17") == "17");
  REQUIRE(fs::exists(list));
  const std::string kept = bytes_of(list);
  CHECK(read(Folder(folder / "t.tar"), "1199") == "1199");
  // What is kept is read instead of the tar: its headers are not looked at.
  run(folder,
      "cp -p t.tar as_it_was && printf 'no header' | dd of=t.tar conv=notrunc status=none && touch -r as_it_was t.tar");
  CHECK(read(Folder(folder / "t.tar"), "17") == "17");
  run(folder, "mv as_it_was t.tar");
  // Damage: each byte of the front, and a few of the rest.
  for (std::size_t i = 0; i < kept.size(); i += i < 200 ? 1 : 997) {
    std::string bytes = kept;
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
    folder.write("t.tar.index", bytes);
    CHECK(read(Folder(folder / "t.tar"), "17") == "17");
    CHECK(bytes_of(list) == kept);
  }
  folder.write("t.tar.index", kept.substr(0, kept.size() / 2));
  CHECK(read(Folder(folder / "t.tar"), "17") == "17");
  // Another tar of the same name.
  for (int i = 0; i < 1200; ++i) folder.write("set/" + std::to_string(i), std::to_string(5000 - i));
  run(folder, "rm t.tar && tar -cf t.tar set");
  CHECK(read(Folder(folder / "t.tar"), "17") == "4983");
  // Where nothing may be written.
  fs::create_directories(folder.path() / "t2.tar.index");
  run(folder, "cp t.tar t2.tar");
  CHECK(read(Folder(folder / "t2.tar"), "17") == "4983");
  CHECK(fs::is_directory(folder.path() / "t2.tar.index"));
}

TEST_CASE("every system call of an archive may fail, and is reported") {
  const TemporaryFolder folder;
  folder.write("a.txt", "alpha");
  run(folder, "tar -cf t.tar a.txt");
  make_zip(folder, "z.zip", kDeflated);
  for (const auto* name : {"t.tar", "z.zip"}) {
    const auto look = [&] { read(Folder(folder / name), "a.txt"); };
    for (int n = 1;; ++n) {
      const FailingCalls calls(n, EACCES);
      const std::string result = outcome(look);
      if (!FailingCalls::failed()) {
        CHECK(result == "ok");
        break;
      }
      CAPTURE(name, n);
      // The list that is kept beside a tar need not be there.
      CHECK((result == "io_open" || result == "io_read" || (result == "ok" && std::string(name) == "t.tar")));
    }
    for (int n = 1; n < 12; ++n) {
      const FailingCalls calls(n, 0);  // a read of a part only
      CHECK(outcome(look) == "ok");
    }
  }
}

TEST_CASE("any number of threads read one archive at once") {
  const TemporaryFolder folder;
  std::string body = "import random\nrandom.seed(3)\n";
  body +=
      "for i in range(100): z.writestr(str(i), str(i) * random.randrange(1, 5000), zipfile.ZIP_DEFLATED if i % 2 else "
      "zipfile.ZIP_STORED)\n";
  make_zip(folder, "z.zip", body);
  run(folder,
      "mkdir set && cd set && python3 -c \"import zipfile; zipfile.ZipFile('../z.zip').extractall()\" && tar -cf "
      "../t.tar .");
  const Folder files(folder / "set");
  std::vector<std::string> right;
  for (int i = 0; i < 100; ++i) right.push_back(read(files, std::to_string(i)));
  for (const auto* name : {"z.zip", "t.tar"}) {
    const Folder archive(folder / name);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        std::mt19937 random(t);
        for (int i = 0; i < 200; ++i) {
          const auto k = random() % 100;
          if (read(archive, std::to_string(k)) != right[k]) ++wrong;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
  }
}
