#include <fmt/format.h>

#include <algorithm>
#include <share/core/error.hpp>
#include <share/manager/pipeline.hpp>

namespace share::manager {

RemotePipeline::RemotePipeline(std::shared_ptr<Connection> connection, std::size_t window,
                               OnAnswer answer)
    : connection_(std::move(connection)), window_(window), answer_(std::move(answer)) {
  if (window < 1 || window > kMaxWindow) {
    throw Error(
        fmt::format("a pipeline's window of {} calls: allowed are 1 to {}", window, kMaxWindow));
  }
}

RemotePipeline::~RemotePipeline() {
  try {
    while (!posted_.empty()) collect();
  } catch (...) {
    give_up();  // nobody is left to be told
  }
}

void RemotePipeline::finish() {
  while (!posted_.empty()) collect();
  if (refusal_) std::rethrow_exception(std::exchange(refusal_, nullptr));
}

void RemotePipeline::post() { posted_.push_back({connection_->post(), calls_++}); }

void RemotePipeline::collect() {
  Connection::Collected answer;
  try {
    answer = connection_->collect(posted_.front().request);
  } catch (...) {
    give_up();  // else each of the others would be waited for as long again
    throw;
  }
  // In order, but for methods that wait.
  std::uint64_t call = posted_.front().call;
  if (posted_.front().request == answer.request) {
    posted_.pop_front();
  } else {
    const auto at = std::ranges::find(posted_, answer.request, &Posted::request);
    if (at == posted_.end()) return;
    call = at->call;
    posted_.erase(at);
  }
  if (answer.refusal) {
    if (!refusal_) refusal_ = answer.refusal;
  } else if (answer_) {
    answer_(call, answer.results);
  }
}

void RemotePipeline::give_up() noexcept {
  posted_.clear();
  connection_->abandon();
}

}  // namespace share::manager
