#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/store.h>
#include <gloo/transport/tcp/device.h>
#include <gloo/transport/unbound_buffer.h>

#include "segue/base/error.h"
#include "segue/ranks/connect.h"
#include "segue/ranks/meeting.h"

namespace segue::ranks {

namespace {

using std::chrono::milliseconds;
using Buffer = std::unique_ptr<gloo::transport::UnboundBuffer>;

// Gloo asks a store for what the others put there under their ranks; a meeting hands all of it over at once.
class MeetingStore final : public gloo::rendezvous::Store {
 public:
  explicit MeetingStore(Meeting& meeting) : meeting_(meeting) {}

  void set(const std::string&, const std::vector<char>& data) override { of_ranks_ = meeting_.share(data); }
  // A key ends with the rank: "0", "rank/0".
  std::vector<char> get(const std::string& key) override {
    return of_ranks_.at(std::stoul(key.substr(key.find_last_not_of("0123456789") + 1)));
  }
  void wait(const std::vector<std::string>&) override {}

 private:
  Meeting& meeting_;
  std::vector<std::vector<char>> of_ranks_;
};

class GlooCommunicator final : public train::Communicator {
 public:
  GlooCommunicator(const Launch& launch, milliseconds timeout)
      : context_(static_cast<int>(launch.rank), static_cast<int>(launch.ranks)) {
    Meeting meeting(launch, timeout);
    MeetingStore store(meeting);
    context_.setTimeout(timeout);
    gloo::transport::tcp::attr at;
    at.hostname = meeting.address();
    try {
      auto device = gloo::transport::tcp::CreateDevice(at);
      context_.connectFullMesh(store, device);
    } catch (const gloo::Exception& error) {
      fail(ErrorCode::unavailable, "rank {} at {}: the ranks cannot be connected: {}", launch.rank, meeting.address(),
           error.what());
    }
  }

  std::size_t rank() const override { return static_cast<std::size_t>(context_.rank); }
  std::size_t ranks() const override { return static_cast<std::size_t>(context_.size); }

  // Sends and receives with all others at once.
  void pass(std::span<const train::BytesView> out, std::span<const std::span<std::byte>> in) override {
    SEGUE_ASSERT(out.size() == ranks() && in.size() == ranks());
    const std::uint64_t slot = next_slot_++;
    std::vector<Buffer> sent(ranks());
    std::vector<Buffer> coming(ranks());
    std::size_t other = rank();
    try {
      for (other = 0; other < ranks(); ++other) {
        if (other == rank()) continue;
        if (!in[other].empty()) {
          coming[other] = context_.createUnboundBuffer(in[other].data(), in[other].size());
          coming[other]->recv(static_cast<int>(other), slot);
        }
        if (!out[other].empty()) {
          // Gloo takes no pointer to const, but only reads.
          sent[other] = context_.createUnboundBuffer(const_cast<std::byte*>(out[other].data()), out[other].size());
          sent[other]->send(static_cast<int>(other), slot);
        }
      }
      for (other = 0; other < ranks(); ++other) {
        if (coming[other]) coming[other]->waitRecv(context_.getTimeout());
        if (sent[other]) sent[other]->waitSend(context_.getTimeout());
      }
    } catch (const gloo::Exception& error) {
      fail(ErrorCode::unavailable, "rank {}: it has ended, or said nothing for {} s ({})", other,
           std::chrono::duration_cast<std::chrono::seconds>(context_.getTimeout()).count(), reason_of(error));
    }
  }

 private:
  // Without the place in Gloo's sources that it begins with.
  static std::string reason_of(const gloo::Exception& error) {
    const std::string text = error.what();
    const auto end = text.starts_with('[') ? text.find("] ") : std::string::npos;
    return end == std::string::npos ? text : text.substr(end + 2);
  }

  gloo::rendezvous::Context context_;
  std::uint64_t next_slot_ = 0;
};

}  // namespace

bool has_gloo() {
  return true;
}

std::unique_ptr<train::Communicator> connect_ranks(const Launch& launch, milliseconds timeout) {
  return std::make_unique<GlooCommunicator>(launch, timeout);
}

}  // namespace segue::ranks
