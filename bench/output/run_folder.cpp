#include "bench/output/run_folder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <share/core/error.hpp>

namespace sharebench {

namespace fs = std::filesystem;

RunFolder RunFolder::create(const fs::path& results, const std::string& utc,
                            const std::string& sha) {
  std::error_code error;
  fs::create_directories(results, error);
  if (error) throw share::SystemError("create_directories", results.string(), error.value());
  for (int attempt = 1;; ++attempt) {
    const fs::path path =
        results / fmt::format("{}-{}{}", utc, sha, attempt == 1 ? "" : fmt::format("-{}", attempt));
    if (fs::create_directory(path, error)) return RunFolder(path);  // false: that name is taken
    if (error) throw share::SystemError("create_directory", path.string(), error.value());
  }
}

RunFolder RunFolder::open(const fs::path& path) {
  // Without a slash at the end, so that the name of the folder is its last part.
  return RunFolder(fs::weakly_canonical(path));
}

void RunFolder::write(const std::string& name, const std::string& text) const {
  write_file(path_ / name, text);
}

void RunFolder::link_latest() const {
  const fs::path link = path_.parent_path() / "latest";
  const fs::path fresh = path_.parent_path() / fmt::format(".latest-{}", path_.filename().string());
  std::error_code error;
  fs::create_directory_symlink(path_.filename(), fresh, error);
  if (!error) fs::rename(fresh, link, error);  // replaces the old link in one step
  if (error) throw share::SystemError("symlink", link.string(), error.value());
}

void write_file(const fs::path& path, const std::string& text) {
  std::error_code missing;
  const fs::file_status status = fs::symlink_status(path, missing);
  if (fs::exists(status) &&
      !fs::is_regular_file(status)) {  // a device, a pipe, a link: never replaced
    std::ofstream out(path, std::ios::binary);
    out << text << std::flush;
    if (!out) throw share::SystemError("write", path.string(), errno);
    return;
  }
  const fs::path fresh = path.string() + ".tmp";
  {
    std::ofstream out(fresh, std::ios::binary);
    out << text << std::flush;
    if (!out) throw share::SystemError("write", fresh.string(), errno);
  }
  std::error_code error;
  fs::rename(fresh, path, error);
  if (error) throw share::SystemError("rename", path.string(), error.value());
}

}  // namespace sharebench
