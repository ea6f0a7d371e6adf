#include "bench/output/run_identity.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <share/core/error.hpp>

#include "bench/build_info.hpp"
#include "bench/output/trial_json.hpp"

namespace sharebench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kFile = "run.json";

/// FNV-1a: tells builds apart, no more.
std::string digest_of_this_program() {
  std::ifstream in("/proc/self/exe", std::ios::binary);
  if (!in) throw share::SystemError("open", "/proc/self/exe", errno);
  std::uint64_t hash = 0xcbf29ce484222325;
  std::vector<char> buffer(1 << 16);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0)
    for (std::streamsize i = 0; i < in.gcount(); ++i)
      hash =
          (hash ^ static_cast<unsigned char>(buffer[static_cast<std::size_t>(i)])) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

bool finished(const fs::path& folder) {
  std::ifstream in(folder / "results.json");
  if (!in) return false;
  const json results = json::parse(in, nullptr, false);
  return !results.is_discarded() && results.contains("sharebench") &&
         !results["sharebench"].value("partial", true);
}

}  // namespace

RunIdentity identify_this(const std::string& started, const std::string& fingerprint) {
  return {started,
          digest_of_this_program(),
          build_info().git_sha + (build_info().git_dirty ? "-dirty" : ""),
          fingerprint,
          {}};
}

void save(const RunIdentity& identity, const RunFolder& folder) {
  json context = json::object();
  for (const auto& [key, value] : identity.context) context[key] = value;
  const json all = {{"schema", 1},
                    {"started", identity.started},
                    {"binary", identity.binary},
                    {"git_sha", identity.git_sha},
                    {"fingerprint", identity.fingerprint},
                    {"context", context}};
  folder.write(kFile, all.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

RunIdentity load_identity(const fs::path& folder) {
  const fs::path file = folder / kFile;
  std::ifstream in(file);
  if (!in)
    throw JournalError(
        fmt::format("{}: no such file; --resume takes a folder that `sharebench run` "
                    "made",
                    file.string()));
  try {
    const json j = json::parse(in);
    if (j.at("schema") != 1)
      throw JournalError(fmt::format("{}: key 'schema': value {} is not allowed; allowed: 1",
                                     file.string(), j.at("schema").dump()));
    RunIdentity identity{j.at("started").get<std::string>(),
                         j.at("binary").get<std::string>(),
                         j.at("git_sha").get<std::string>(),
                         j.at("fingerprint").get<std::string>(),
                         {}};
    for (const auto& [key, value] : j.at("context").items())
      identity.context.emplace_back(key, value.get<std::string>());
    return identity;
  } catch (const json::exception& error) {
    throw JournalError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

std::string difference(const RunIdentity& begun, const RunIdentity& now) {
  if (begun.fingerprint != now.fingerprint)
    return fmt::format("the machine changed: it began on fingerprint {}, this is {}",
                       begun.fingerprint, now.fingerprint);
  if (begun.binary != now.binary)
    return fmt::format("the program changed: it began with build {} ({}), this is {} ({})",
                       begun.binary, begun.git_sha, now.binary, now.git_sha);
  return "";
}

fs::path unfinished_run(const fs::path& results) {
  fs::path newest;
  std::error_code none;  // a folder that does not exist holds no run
  for (const auto& entry : fs::directory_iterator(results, none))
    if (!entry.is_symlink() && fs::exists(entry.path() / kFile) && !finished(entry.path()) &&
        entry.path() > newest)
      newest = entry.path();
  if (newest.empty())
    throw JournalError(
        fmt::format("--resume: {} holds no run that was not finished", results.string()));
  return newest;
}

}  // namespace sharebench
