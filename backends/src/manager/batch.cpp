#include <share/core/error.hpp>
#include <share/manager/batch.hpp>

namespace share::manager {

BatchResults RemoteBatch::run() {
  msgpack::Writer& request = connection_->begin(protocol::Operation::batch);
  request.unsigned_integer(count_);
  request.raw(calls_.bytes());
  calls_.clear();
  const std::size_t sent = std::exchange(count_, 0);
  const std::vector<Reference> kept = std::exchange(kept_, {});
  msgpack::Reader results = connection_->call();
  std::uint64_t applied = 0;
  std::uint64_t status = 0;
  if (!results.unsigned_integer(applied) || !results.unsigned_integer(status) || applied > sent) {
    connection_->refuse_results();
  }
  if (applied < sent) {
    throw BatchStopped(applied, protocol::name_of(static_cast<protocol::Status>(status)),
                       connection_->address());
  }
  return {*connection_, results};
}

}  // namespace share::manager
