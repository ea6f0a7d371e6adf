// RunFolder: results/<utc>-<sha>/, its files and the link `latest` beside it. A new run never
// reuses a folder.
#pragma once

#include <filesystem>
#include <string>

namespace sharebench {

class RunFolder {
 public:
  /// Makes a new folder in `results`. @throws share::SystemError.
  static RunFolder create(const std::filesystem::path& results, const std::string& utc,
                          const std::string& sha);
  /// A folder that is there already.
  static RunFolder open(const std::filesystem::path& path);

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Writes a file whole or not at all (a temporary name, then renamed). @throws
  /// share::SystemError.
  void write(const std::string& name, const std::string& text) const;
  /// Points `latest` to this run.
  void link_latest() const;

 private:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// Writes `text` to `path`, whole or not at all (a device, a pipe or a link is written through, not
/// replaced). @throws share::SystemError.
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace sharebench
