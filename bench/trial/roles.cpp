#include "bench/trial/roles.hpp"

#include <charconv>
#include <share/core/error.hpp>

#if SHARE_HAS_ZEROMQ
#include <share/manager/operations.hpp>
#include <share/manager/registered.hpp>
#include <share/manager/server.hpp>
#endif
#include "bench/floors/floor_server.hpp"
#include "bench/trial/worker.hpp"
#include "bench/workloads/square_kernel.hpp"
#include "bench/workloads/tally.hpp"

namespace sharebench {

int descriptor_argument(const std::vector<std::string>& arguments, std::size_t index) {
  int value = -1;
  if (index < arguments.size()) {
    const std::string& text = arguments[index];
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && value >= 0)
      return value;
  }
  throw share::Error("this command is for processes that sharebench itself starts");
}

int be_worker(const std::vector<std::string>& arguments) {
  return run_worker(descriptor_argument(arguments, 0),
                    static_cast<std::uint32_t>(descriptor_argument(arguments, 1)));
}

#if SHARE_HAS_ZEROMQ
int be_manager_server(const std::vector<std::string>& arguments) {
  using share::manager::method;
  share::manager::register_operation<RingSquare, double>();
  share::manager::register_class<Tally>(
      Tally::kClass,
      {method("get", &Tally::get), method("set", &Tally::set), method("add", &Tally::add)});
  std::vector<std::string> copies = arguments;
  std::vector<char*> words;
  for (std::string& word : copies) words.push_back(word.data());
  return share::manager::serve_from_arguments(words);
}
#else
int be_manager_server(const std::vector<std::string>&) {
  throw share::Error("this build has no ZeroMQ");
}
#endif

int be_floor_server(const std::vector<std::string>& arguments) {
  const FloorService service = parse_floor_service(arguments.empty() ? "" : arguments.front());
  const bool has_memory = arguments.size() > 2;
  return serve_floor(service, descriptor_argument(arguments, 1),
                     has_memory ? descriptor_argument(arguments, 2) : -1);
}

}  // namespace sharebench
